"""How many attacks the face check takes for life, by kind, and how many living people it refuses (ISO/IEC 30107-3).

Every presentation is drawn from its own seed, so that it can be repeated alone. Rates stand beside the interval
that so few presentations allow (Clopper and Pearson, 95 %).
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from pathlib import Path

import cv2

from kiosk.face.challenge import TURNS
from kiosk.face.engine import FaceEngine
from kiosk.face.errors import NoFaceError
from kiosk.face.liveness import LivenessOutcome, films_chance
from kiosk.face.match import Use
from kiosk.face.models import ModelStore, default_models
from kiosk.face.still import judge_still
from tests.kiosk.face.render import Head
from tests.kiosk.face.trials import (
    ATTACKS,
    BENT,
    FILMS,
    FLAT,
    ON_CUE,
    Presentation,
    between,
    good_heads,
    living,
    meet,
    passed,
)

NAME = "face-attacks"
SUMMARY = "attacks made by geometry and optics against the challenge and against still cues alone"
PRESENTATIONS: Mapping[str, int] = {
    "living": 120,
    **dict.fromkeys(FLAT, 100),
    **dict.fromkeys(BENT, 100),
    **dict.fromkeys(FILMS, 100),
    **dict.fromkeys(ON_CUE, 30),
}
EXAM_FILMS = 30


def run() -> dict[str, object]:
    """Let every attack and every rendered living person meet the real check, on development pictures."""
    cv2.setNumThreads(1)
    folder = Path(__file__).parents[2] / "shared" / "data" / "faces-dev"
    if not folder.exists():
        return {
            "target": {},
            "figures": {},
            "reference": {},
            "limits": "no development pictures beside the project: nothing was measured",
        }
    store = ModelStore(default_models())
    store.fetch()
    engine = FaceEngine.load(store)
    heads = good_heads(folder, engine, 30)
    taken = {name: _passes(engine, heads, name, make) for name, make in ATTACKS.items()}
    exam = {
        name: _rate(_passes(engine, heads, name, FILMS[name], use=Use.EXAM, trials=EXAM_FILMS))
        for name in FILMS
    }
    bpcer = _rate([not alive for alive in _passes(engine, heads, "living", living)])
    return {
        "target": {"apcer_flat": 0.0, "bpcer": 0.03},
        "figures": {
            "apcer": {name: _rate(hits) for name, hits in taken.items()},
            "apcer_flat": _rate([hit for name in FLAT for hit in taken[name]]),
            "films_in_an_exam": exam,
            "films_chance_by_design": {use.value: round(films_chance(TURNS[use]), 4) for use in Use},
            "bpcer": bpcer,
            "heads": len(heads),
        },
        "reference": {
            "still_cues_alone": {
                name: _rate([not _marked(engine, head, name) for head in heads]) for name in ATTACKS
            }
        },
        "limits": "rendered heads, sheets and panels; no living people, real paper, panels or masks; lids are "
        "drawn; the heads are few, adult, and each is shown several times in another manner",
    }


def _passes(
    engine: FaceEngine,
    heads: list[Head],
    name: str,
    make: Presentation,
    *,
    use: Use = Use.DAILY_GATE,
    trials: int = 0,
) -> list[bool]:
    """Whether each presentation passed; each is drawn from its name and number."""
    found = []
    for number in range(trials or PRESENTATIONS[name]):
        head = heads[number % len(heads)]
        show = make(head, random.Random(f"{name}-{number}"))
        found.append(passed(meet(engine, head, show, number, use=use)))
        head.forget()
    return found


def _rate(hits: list[bool]) -> dict[str, object]:
    low, high = between(sum(hits), len(hits))
    return {
        "hits": sum(hits),
        "presentations": len(hits),
        "rate": round(sum(hits) / max(len(hits), 1), 4),
        "between": [round(low, 4), round(high, 4)],
    }


def _marked(engine: FaceEngine, head: Head, attack: str) -> bool:
    """Whether one picture of the attack shows marks of a screen or a sheet."""
    try:
        seen = judge_still(engine, ATTACKS[attack](head, random.Random(attack))("look", 1))
    except NoFaceError:
        return True
    return seen.outcome is LivenessOutcome.STAFF
