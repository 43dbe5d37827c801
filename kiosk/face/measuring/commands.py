"""The measuring verbs of `./congtruong kiosk`: face-evaluate, face-calibrate and face-crowd, on any folder of people.

A school runs them on pictures of its own consenting pupils, one folder each. Nothing read is kept: what comes out
are counts, rates and thresholds.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from kiosk.face.engine import FaceEngine
from kiosk.face.errors import FaceError
from kiosk.face.match import OWN_TABLE, ThresholdTable
from kiosk.face.measuring.crowd import crowd_of
from kiosk.face.measuring.evaluation import (
    Drawn,
    Impostors,
    Person,
    group_rates,
    identification,
    verification,
)
from kiosk.face.measuring.people import Read, groups_of, people_of
from kiosk.face.models import ModelStore, default_models

_TELL_EVERY = 500
_RATES = tuple(10.0**-exponent for exponent in (1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6))


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs; each sets `func(arguments) -> exit status`."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--models", type=Path, default=default_models(), help="folder of the model files")
    shared.add_argument("--people", type=Path, required=True, help="folder with one folder for each person")
    shared.add_argument("--good-only", action="store_true", help="leave out what the kiosk's gate refuses")

    evaluate = subparsers.add_parser("face-evaluate", parents=[shared], help="error rates on these people")
    evaluate.add_argument("--enrol-frames", type=int, default=3)
    evaluate.add_argument("--probe-frames", type=int, default=3)
    evaluate.add_argument("--gallery", type=int, default=3000, help="people enrolled in the searches")
    evaluate.add_argument("--rounds", type=int, default=5, help="how often pictures are drawn anew")
    evaluate.add_argument("--seed", type=int, default=0)
    evaluate.add_argument("--groups", type=Path, help="CSV with columns person and group")
    evaluate.set_defaults(func=_evaluate)

    calibrate = subparsers.add_parser(
        "face-calibrate", parents=[shared], help="thresholds measured on these people"
    )
    calibrate.add_argument("--out", type=Path, help=f"table to write; else {OWN_TABLE} beside the models")
    calibrate.set_defaults(func=_calibrate)

    crowd = subparsers.add_parser(
        "face-crowd", parents=[shared], help="where the model's faces crowd: a new crowding.json"
    )
    crowd.add_argument("--groups", type=Path, required=True, help="CSV with columns person and group")
    crowd.add_argument("--group", required=True, help="the group whose strangers look alike")
    crowd.add_argument("--out", type=Path, required=True, help="file to write")
    crowd.set_defaults(func=_crowd)


def _evaluate(arguments: argparse.Namespace) -> int:
    try:
        groups = groups_of(arguments.groups) if arguments.groups else {}
        people, count = _people(arguments)
        table = ThresholdTable.in_use(arguments.models)
    except FaceError as error:
        return _told(error)
    drawn = Drawn(arguments.enrol_frames, arguments.probe_frames, arguments.rounds, arguments.seed)
    found: dict[str, object] = {
        "people": len(people),
        "pictures": count.used,
        "left_out": count.left_out,
        "verification": {
            f"{a}/{b}": verification(people, Drawn(a, b, drawn.rounds, drawn.seed))
            for a, b in sorted({(1, 1), (1, drawn.probe), (drawn.enrolled, drawn.probe)})
        },
        "identification": identification(people, drawn, table, arguments.gallery),
    }
    if groups:
        found["groups"] = group_rates(people, groups, seed=drawn.seed)
    print(json.dumps(found))
    return 0


def _calibrate(arguments: argparse.Namespace) -> int:
    try:
        people, count = _people(arguments)
    except FaceError as error:
        return _told(error)
    impostors = Impostors.of_singles(people) if len(people) > 1 else Impostors()
    found = {rate: score for rate in _RATES if (score := impostors.threshold(rate)) is not None}
    if len(found) < len(_RATES) // 2:
        print(json.dumps({"error": "face.thresholds", "why": "too few people", "people": len(people)}))
        return 1
    out = arguments.out or arguments.models / OWN_TABLE
    table = {
        "model_id": people[0].templates[0].model_id,
        "margin": 0.0,
        "how": f"{count.used} pictures of {len(people)} people of this place, every two people weighing the same",
        "pairs": impostors.pairs,
        "thresholds": {f"{rate:.3g}": score for rate, score in found.items()},
    }
    try:
        ThresholdTable.from_json(json.dumps(table))
        out.write_text(json.dumps(table, indent=1), "utf-8")
    except (OSError, FaceError) as error:
        return _told(error)
    print(
        json.dumps(
            {"written": str(out), "people": len(people), "pairs": impostors.pairs, "rates": len(found)}
        )
    )
    return 0


def _crowd(arguments: argparse.Namespace) -> int:
    try:
        members = {name for name, group in groups_of(arguments.groups).items() if group == arguments.group}
        people, _count = _people(arguments)
        crowd = crowd_of(people, members)
        inside = sum(one.name in members for one in people)
        how = (
            f"difference of means: {inside} people of {arguments.group} against {len(people) - inside} others"
        )
        arguments.out.write_text(crowd.to_json(how), "utf-8")
    except (OSError, ValueError, FaceError) as error:
        return _told(error)
    print(json.dumps({"written": str(arguments.out), "people": len(people), "members": inside}))
    return 0


def _people(arguments: argparse.Namespace) -> tuple[list[Person], Read]:
    engine, count = FaceEngine.load(ModelStore(arguments.models), mesh=False), Read()

    def told(used: int) -> None:
        if used % _TELL_EVERY == 0:
            print(f"{used} pictures", file=sys.stderr)

    people = list(people_of(arguments.people, engine, count, good_only=arguments.good_only, told=told))
    return people, count


def _told(error: Exception) -> int:
    print(
        json.dumps(
            {"error": error.code if isinstance(error, FaceError) else "face.cannot_write", "why": str(error)}
        )
    )
    return 1
