"""How many attacks the face check takes for life, by kind, and how many living people it refuses (ISO/IEC 30107-3)."""

from __future__ import annotations

from pathlib import Path

import cv2

from kiosk.face.engine import FaceEngine
from kiosk.face.errors import NoFaceError
from kiosk.face.liveness import LivenessOutcome
from kiosk.face.models import ModelStore, default_models
from kiosk.face.still import judge_still
from tests.kiosk.face.render import Head
from tests.kiosk.face.trials import ATTACKS, FLAT, good_heads, living, meet, passed

NAME = "face-attacks"
SUMMARY = "attacks made by geometry and optics against the challenge and against still cues alone"
LIVING, ATTACKERS = 30, 5


def run() -> dict[str, object]:
    """Let every attack and every rendered living head meet the real check, on development pictures."""
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
    heads = good_heads(folder, engine, LIVING)
    challenge = {
        name: _share([passed(meet(store, h, make(h), i)) for i, h in enumerate(heads[:ATTACKERS])])
        for name, make in ATTACKS.items()
    }
    still = {
        name: _share([not _marked(engine, head, name) for head in heads[:ATTACKERS]]) for name in ATTACKS
    }
    refused = [not passed(meet(store, head, living(head), i)) for i, head in enumerate(heads)]
    return {
        "target": {"apcer_flat": 0.0, "bpcer": 0.03},
        "figures": {
            "apcer": challenge,
            "apcer_flat": max(challenge[name] for name in FLAT),
            "flat_presentations": len(FLAT) * min(ATTACKERS, len(heads)),
            "apcer_flat_at_most_with_95_percent_confidence": round(
                3 / max(len(FLAT) * min(ATTACKERS, len(heads)), 1), 3
            ),
            "bpcer": _share(refused),
            "living": len(refused),
            "presentations_per_attack": min(ATTACKERS, len(heads)),
        },
        "reference": {
            "still_cues_apcer": still,
            "still_cues_bpcer": _share(
                [judge_still(engine, h.picture).outcome is LivenessOutcome.STAFF for h in heads]
            ),
        },
        "limits": "rendered heads and sheets, no living people and no real paper or panels; lids are drawn, "
        "so the figure for blinking is of the drawing; few presentations",
    }


def _marked(engine: FaceEngine, head: Head, attack: str) -> bool:
    """Whether one picture of the attack shows marks of a screen or a sheet."""
    try:
        seen = judge_still(engine, ATTACKS[attack](head)("look", 1))
    except NoFaceError:
        return True
    return seen.outcome is LivenessOutcome.STAFF


def _share(hits: list[bool]) -> float:
    return round(sum(hits) / max(len(hits), 1), 3)
