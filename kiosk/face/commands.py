"""The face verbs of `./congtruong kiosk`: models, verify-face, face-scores, liveness.

They are for operators and for measuring; nothing they read is kept, and they print scores, never pictures.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TextIO

from kiosk.face.embed import Template, average, compare
from kiosk.face.engine import Analysis, FaceEngine
from kiosk.face.errors import BadPictureError, FaceError, NoFaceError
from kiosk.face.match import ThresholdTable, Use
from kiosk.face.measuring import commands as measuring
from kiosk.face.models import ALL_MODELS, ModelStore, default_models
from kiosk.face.picture import PICTURE_KINDS, read
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
    scores.add_argument("--pairs", type=Path, required=True, help="CSV with columns file_x and file_y")
    scores.add_argument("--out", type=Path, required=True, help="CSV to write: score, quality, error")
    scores.add_argument("--enrol-frames", type=int, default=1, help="pictures averaged for file_x")
    scores.add_argument("--probe-frames", type=int, default=1, help="pictures averaged for file_y")
    scores.set_defaults(func=_scores)

    liveness = subparsers.add_parser("liveness", parents=[shared], help="judge pictures or videos")
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
    score = compare(first.template, second.template)
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


class _Reader:
    """Analyses each picture once, however many pairs it is in."""

    def __init__(self, engine: FaceEngine) -> None:
        self._engine = engine
        self._known: dict[Path, Analysis | FaceError] = {}

    def template(self, paths: Sequence[Path]) -> tuple[Template, float]:
        """The averaged template and the mean quality; pictures without a face are left out.

        Raises:
            FaceError: when none of them can be used.
        """
        seen = [self._analysis(path) for path in paths]
        good = [one for one in seen if isinstance(one, Analysis)]
        if not good:
            raise next((one for one in seen if isinstance(one, FaceError)), NoFaceError("no picture"))
        weights = [one.quality.unified for one in good]
        return average([one.template for one in good], weights), sum(weights) / len(weights)

    def _analysis(self, path: Path) -> Analysis | FaceError:
        if path not in self._known:
            try:
                self._known[path] = self._engine.analyse(read(path), mesh=False)
            except FaceError as error:
                self._known[path] = error
        return self._known[path]


def chosen(path: Path, frames: int, *, probe: bool) -> list[Path]:
    """The pictures that a path stands for: itself, or `frames` of a folder of one person's pictures.

    Enrolment takes the first of a folder by name and a probe the last, so that the two of one folder differ.

    Raises:
        FaceError: when a folder holds too few.
    """
    if not path.is_dir():
        return [path]
    pictures = sorted(p for p in path.iterdir() if p.suffix.lower() in PICTURE_KINDS)
    if len(pictures) < frames:
        raise NoFaceError("too few pictures in the folder")
    return pictures[-frames:] if probe else pictures[:frames]


def _scores(arguments: argparse.Namespace) -> int:
    try:
        reader = _Reader(FaceEngine.load(ModelStore(arguments.models), mesh=False))
        with (
            arguments.pairs.open(newline="", encoding="utf-8-sig") as source,
            arguments.out.open("w", newline="", encoding="utf-8") as target,
        ):
            return _scored(reader, csv.DictReader(source), target, arguments)
    except FaceError as error:
        print(json.dumps({"error": error.code}))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        print(json.dumps({"error": "face.pairs", "why": type(error).__name__}))
    return 1


def _scored(reader: _Reader, rows: csv.DictReader[str], target: TextIO, arguments: argparse.Namespace) -> int:
    fields = list(rows.fieldnames or ())
    if not {"file_x", "file_y"} <= set(fields):
        print("face-scores: the CSV needs the columns file_x and file_y", file=sys.stderr)
        return 2
    writer = csv.DictWriter(target, [*fields, "score", "quality", "error"], extrasaction="ignore")
    writer.writeheader()
    count = failed = 0
    for row in rows:
        result = _pair(reader, arguments.pairs.parent, row, arguments)
        count, failed = count + 1, failed + bool(result["error"])
        writer.writerow(row | result)
    print(json.dumps({"pairs": count, "failed": failed}))
    return 0


def _pair(reader: _Reader, base: Path, row: dict[str, str], arguments: argparse.Namespace) -> dict[str, str]:
    if not row["file_x"] or not row["file_y"]:
        return {"score": "", "quality": "", "error": BadPictureError.code}
    try:
        first, good = reader.template(chosen(base / row["file_x"], arguments.enrol_frames, probe=False))
        second, fine = reader.template(chosen(base / row["file_y"], arguments.probe_frames, probe=True))
    except FaceError as error:
        return {"score": "", "quality": "", "error": error.code}
    return {"score": f"{compare(first, second):.5f}", "quality": f"{min(good, fine):.4f}", "error": ""}


def _liveness(arguments: argparse.Namespace) -> int:
    try:
        engine = FaceEngine.load(ModelStore(arguments.models))
    except FaceError as error:
        print(json.dumps({"error": error.code}))
        return 1
    results = []
    for path in arguments.paths:
        try:
            judged = (
                judge_video(engine, path)
                if path.suffix.lower() in VIDEO_KINDS
                else judge_still(engine, read(path))
            )
            results.append({"path": str(path), **asdict(judged)})
        except FaceError as error:
            results.append(
                {"path": str(path), "outcome": "try_again", "reasons": [error.code], "signals": {}}
            )
    print(json.dumps(results if len(results) > 1 else results[0]))
    return 0
