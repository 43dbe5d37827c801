"""The face verbs of `./congtruong kiosk`: models, verify-face, face-scores, liveness.

They are for operators and for measuring; nothing they read is kept, and they print scores, never pictures.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from dataclasses import asdict
from pathlib import Path

from kiosk.face.crowding import likeness
from kiosk.face.engine import FaceEngine
from kiosk.face.errors import BadPictureError, FaceError
from kiosk.face.liveness import LivenessVerdict
from kiosk.face.match import ThresholdTable, Use
from kiosk.face.measuring import commands as measuring
from kiosk.face.models import ALL_MODELS, ModelStore, default_models
from kiosk.face.picture import PICTURE_KINDS, read
from kiosk.face.scores import ListError, Wanted, score_pairs
from kiosk.face.still import judge_still
from kiosk.face.video import VIDEO_KINDS, judge_video


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs; each sets `func(arguments) -> exit status`."""
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--models", type=Path, default=default_models(), help="folder of the model files")
    shared.add_argument("--json", action="store_true", help="one JSON object on standard output")

    models = subparsers.add_parser("models", parents=[shared], help="fetch and check the face models")
    models.set_defaults(func=_models)

    verify = subparsers.add_parser("verify-face", parents=[shared], help="are two pictures of one person?")
    verify.add_argument("first", type=Path)
    verify.add_argument("second", type=Path)
    verify.add_argument("--use", type=Use, choices=list(Use), default=Use.DAILY_GATE)
    verify.set_defaults(func=_verify)

    scores = subparsers.add_parser("face-scores", parents=[shared], help="scores for a list of pairs")
    scores.add_argument(
        "--pairs",
        type=Path,
        required=True,
        help="CSV with columns file_x and file_y: paths of pictures, or of folders of one person's",
    )
    scores.add_argument("--out", type=Path, required=True, help="CSV to write: score, quality, error")
    scores.add_argument("--enrol-frames", type=int, default=1, help="pictures averaged for file_x")
    scores.add_argument("--probe-frames", type=int, default=1, help="pictures averaged for file_y")
    scores.set_defaults(func=_scores)

    liveness = subparsers.add_parser(
        "liveness", parents=[shared], help="judge pictures, videos, or each one of a folder"
    )
    liveness.add_argument("paths", nargs="+", type=Path)
    liveness.set_defaults(func=_liveness)
    measuring.register(subparsers)


def _models(arguments: argparse.Namespace) -> int:
    try:
        ModelStore(arguments.models).fetch()
    except FaceError as error:
        print(f"Chưa có mô hình khuôn mặt: {error}", file=sys.stderr)
        return 1
    listed = [{"file": m.name, "sha256": m.sha256, "licence": m.licence} for m in ALL_MODELS]
    if arguments.json:
        print(json.dumps({"folder": str(arguments.models), "models": listed}))
    else:
        print("\n".join(f"{m['file']}  {m['licence']}" for m in listed))
    return 0


def _verify(arguments: argparse.Namespace) -> int:
    started = time.perf_counter()
    try:
        engine, table = FaceEngine.load(ModelStore(arguments.models)), ThresholdTable.in_use(arguments.models)
        first, second = (engine.analyse(read(path)) for path in (arguments.first, arguments.second))
    except FaceError as error:
        print(json.dumps({"error": error.code}))
        return 1
    score = likeness(first.template, second.template)
    threshold = table.threshold(arguments.use)
    print(
        json.dumps(
            {
                "score": round(score, 4),
                "threshold": round(threshold, 4),
                "match": score >= threshold,
                "use": arguments.use.value,
                "quality": [round(one.quality.unified, 3) for one in (first, second)],
                "flaws": [[flaw.value for flaw in one.flaws] for one in (first, second)],
                "ms": round((time.perf_counter() - started) * 1000),
            }
        )
    )
    return 0


def _scores(arguments: argparse.Namespace) -> int:
    wanted = Wanted(arguments.pairs, arguments.out, arguments.enrol_frames, arguments.probe_frames)

    def told(done: int, of: int) -> None:
        print(f"{done}/{of}", file=sys.stderr, flush=True)

    try:
        print(json.dumps(score_pairs(wanted, ModelStore(arguments.models), told)))
    except ListError as error:
        print(f"face-scores: {error}", file=sys.stderr)
        return 2
    except FaceError as error:
        print(json.dumps({"error": error.code}))
        return 1
    except (OSError, ValueError, csv.Error) as error:
        print(json.dumps({"error": "face.pairs", "why": type(error).__name__}))
        return 1
    return 0


def _liveness(arguments: argparse.Namespace) -> int:
    try:
        engine = FaceEngine.load(ModelStore(arguments.models))
    except FaceError as error:
        print(json.dumps({"error": error.code}))
        return 1
    results = [_judged(engine, path) for named in arguments.paths for path in _inside(named)]
    print(json.dumps(results if len(results) > 1 else results[0]))
    return 0


def _inside(path: Path) -> list[Path]:
    """The pictures and videos of a folder, by name; or the path itself."""
    kinds = PICTURE_KINDS | VIDEO_KINDS
    return (path.is_dir() and sorted(p for p in path.iterdir() if p.suffix.lower() in kinds)) or [path]


def _judged(engine: FaceEngine, path: Path) -> dict[str, object]:
    try:
        return {"path": str(path), **asdict(_verdict(engine, path))}
    except FaceError as error:
        return {"path": str(path), "outcome": "try_again", "reasons": [error.code], "signals": {}}


def _verdict(engine: FaceEngine, path: Path) -> LivenessVerdict:
    """On a video, or on a picture; a file of another name is tried as both."""
    kind = path.suffix.lower()
    if kind in VIDEO_KINDS:
        return judge_video(engine, path)
    try:
        picture = read(path)
    except BadPictureError:
        if kind in PICTURE_KINDS or not path.is_file():
            raise
        return judge_video(engine, path)
    return judge_still(engine, picture)
