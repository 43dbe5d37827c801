"""How many attacks the face check takes for life, by kind, and how many living people it refuses (ISO/IEC 30107-3).

Every presentation is drawn from its own seed, so that it can be repeated alone. Rates stand beside the interval
that so few presentations allow (Clopper and Pearson, 95 %).
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
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
    "living": 400,
    **dict.fromkeys(FLAT, 100),
    **dict.fromkeys(BENT, 40),
    **dict.fromkeys(FILMS, 40),
    **dict.fromkeys(ON_CUE, 12),
}
_EXAM, _STILL = "exam: ", "still: "
EXAM_FILMS = 20
HEADS = 30


def run() -> dict[str, object]:
    """Let every attack and every rendered living person meet the real check, on development pictures."""
    folder = Path(__file__).parents[2] / "shared" / "data" / "faces-dev"
    if not folder.exists():
        return {
            "target": {},
            "figures": {},
            "reference": {},
            "limits": "no development pictures beside the project: nothing was measured",
        }
    ModelStore(default_models()).fetch()
    many = len(os.sched_getaffinity(0))
    with ProcessPoolExecutor(many, mp_context=get_context("spawn")) as pool:
        shares = list(pool.map(_share, [folder] * many, range(many), [many] * many))
    hits = {name: [hit for share in shares for hit in share[name]] for name in shares[0]}
    return {
        "target": {"apcer_flat": 0.0, "bpcer": 0.03},
        "figures": {
            "apcer": {name: _rate(hits[name]) for name in ATTACKS},
            "apcer_flat": _rate([hit for name in FLAT for hit in hits[name]]),
            "films_in_an_exam": {name: _rate(hits[_EXAM + name]) for name in FILMS},
            "films_chance_by_design": {use.value: round(films_chance(TURNS[use]), 4) for use in Use},
            "bpcer": _rate([not alive for alive in hits["living"]]),
            "sampled": {**PRESENTATIONS, "films_in_an_exam": EXAM_FILMS},
            "heads": HEADS,
            "processes": many,
        },
        "reference": {"still_cues_alone": {name: _rate(hits[_STILL + name]) for name in ATTACKS}},
        "limits": "rendered heads, sheets and panels; no living people, real paper, panels or masks; lids are "
        "drawn; the heads are few, adult, and each is shown several times in another manner; presentations are "
        "drawn from their name and number, so a longer run begins with those of a shorter one",
    }


def _share(folder: Path, part: int, of: int) -> dict[str, list[bool]]:
    """One process's share of all presentations: whether each passed."""
    cv2.setNumThreads(1)
    engine = FaceEngine.load(ModelStore(default_models()))
    heads = good_heads(folder, engine, HEADS)
    shows: dict[str, Presentation] = {**ATTACKS, "living": living}
    found = {
        name: _passes(engine, heads, name, show, range(part, PRESENTATIONS[name], of))
        for name, show in shows.items()
    }
    for name in FILMS:
        numbers = range(part, EXAM_FILMS, of)
        found[_EXAM + name] = _passes(engine, heads, name, FILMS[name], numbers, use=Use.EXAM)
    for name in ATTACKS:
        found[_STILL + name] = [not _marked(engine, head, name) for head in heads[part::of]]
    return found


def _passes(
    engine: FaceEngine,
    heads: list[Head],
    name: str,
    make: Presentation,
    numbers: Iterable[int],
    *,
    use: Use = Use.DAILY_GATE,
) -> list[bool]:
    """Whether each presentation passed; each is drawn from its name and number."""
    found = []
    for number in numbers:
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
