"""The models on public pictures (outside the project), and on what is no picture of a face."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.face import picture
from kiosk.face.engine import FaceEngine
from kiosk.face.errors import BadPictureError, ModelAlteredError, ModelMissingError, NoFaceError
from kiosk.face.liveness import LivenessOutcome
from kiosk.face.match import ThresholdTable, Use
from kiosk.face.models import DETECTOR, ModelStore
from kiosk.face.quality import Flaw
from kiosk.face.still import judge_still

ROOT = Path(__file__).parents[3]


def test_pairs_of_public_pictures_are_told_apart_at_the_exam_threshold(
    engine: FaceEngine, pictures: Path, tmp_path: Path
) -> None:
    assert engine.model_id == ThresholdTable.shipped().model_id
    out = tmp_path / "scores.csv"
    program = "import sys; from kiosk.face.commands import register; import argparse; p=argparse.ArgumentParser(); register(p.add_subparsers()); a=p.parse_args(); sys.exit(a.func(a))"
    arguments = ["face-scores", "--pairs", str(pictures / "pairs.csv"), "--out", str(out)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == {"pairs": 300, "failed": 0}
    rows = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    threshold = ThresholdTable.shipped().threshold(Use.EXAM)
    wrong = [row for row in rows if (float(row["score"]) >= threshold) != (row["Decision"] == "Yes")]
    assert wrong == []


def test_a_picture_of_many_people_says_so(engine: FaceEngine, pictures: Path) -> None:
    seen = engine.analyse(picture.read(pictures / "selfie-many-people.jpg"))
    assert Flaw.SEVERAL_FACES in seen.flaws


def test_one_picture_is_never_proof_of_life(engine: FaceEngine, pictures: Path) -> None:
    for path in sorted(pictures.glob("img?.jpg")):
        assert judge_still(engine, picture.read(path)).outcome is not LivenessOutcome.ACCEPT


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        (lambda p: (p * 0.08).astype(np.uint8), Flaw.TOO_DARK),
        (lambda p: np.clip(p.astype(float) * 2 + 150, 0, 255).astype(np.uint8), Flaw.TOO_BRIGHT),
        (lambda p: cv2.GaussianBlur(p, (0, 0), 9), Flaw.BLURRED),
        (lambda p: cv2.resize(p, None, fx=0.12, fy=0.12), Flaw.TOO_FAR),
    ],
    ids=["dark", "bright", "blurred", "far"],
)
def test_a_spoilt_picture_gets_the_flaw_that_can_be_mended(engine, pictures, change, flaw) -> None:
    good = picture.read(pictures / "img1.jpg")
    assert engine.analyse(good).flaws == ()
    try:
        assert flaw in engine.analyse(change(good)).flaws
    except NoFaceError:
        assert flaw in {Flaw.TOO_DARK, Flaw.TOO_BRIGHT}


def test_no_face_is_an_error_with_a_name(engine: FaceEngine) -> None:
    with pytest.raises(NoFaceError):
        engine.analyse(np.full((480, 640, 3), 127, np.uint8))


@pytest.mark.parametrize(
    "array",
    [
        np.zeros((480, 640, 3), np.float32),
        np.zeros((4, 4, 3), np.uint8),
        np.zeros((480, 640, 2), np.uint8),
        np.zeros(12, np.uint8),
        np.broadcast_to(np.uint8(0), (20_000, 20_000, 3)),
    ],
    ids=["floats", "tiny", "two channels", "flat", "enormous"],
)
def test_what_is_no_usable_picture_is_refused_at_the_door(array: np.ndarray) -> None:
    with pytest.raises(BadPictureError):
        picture.checked(array)


@pytest.mark.parametrize("content", [b"", b"not a picture", b"\xff\xd8\xff\xe0 broken"])
def test_bytes_that_are_no_picture_are_refused(content: bytes) -> None:
    with pytest.raises(BadPictureError):
        picture.decode(content)


def test_a_telephones_largest_pictures_are_scaled_down_and_larger_ones_refused(monkeypatch) -> None:
    monkeypatch.setattr(picture, "MAX_PIXELS", 100 * 100)
    files = [cv2.imencode(".png", np.zeros((side, side, 3), np.uint8))[1].tobytes() for side in (200, 201)]
    assert picture.decode(files[0]).shape == (100, 100, 3)
    with pytest.raises(BadPictureError):
        picture.decode(files[1])


def test_grey_and_transparent_pictures_are_converted() -> None:
    assert picture.checked(np.zeros((64, 64), np.uint8)).shape == (64, 64, 3)
    assert picture.checked(np.zeros((64, 64, 4), np.uint8)).shape == (64, 64, 3)


def test_a_missing_or_altered_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelMissingError):
        ModelStore(tmp_path).path(DETECTOR)
    (tmp_path / DETECTOR.name).write_bytes(b"another file")
    with pytest.raises(ModelAlteredError):
        ModelStore(tmp_path).path(DETECTOR)
