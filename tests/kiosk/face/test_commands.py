"""The verbs that an operator types: every kind of input gets one clear answer, and none a traceback."""

from __future__ import annotations

import argparse
import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.face import picture
from kiosk.face.commands import register
from kiosk.face.engine import FaceEngine

GOOD, SAME, OTHER = "img20.jpg", "img21.jpg", "img12.jpg"
Run = Callable[..., tuple[int, object]]


@pytest.fixture
def run(engine: FaceEngine, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a verb; its status and the JSON that it printed."""
    assert engine.model_id

    def call(*words: object) -> tuple[int, object]:
        parser = argparse.ArgumentParser()
        register(parser.add_subparsers())
        arguments = parser.parse_args([str(word) for word in words])
        status = arguments.func(arguments)
        said = capsys.readouterr().out.strip()
        return status, json.loads(said) if said else None

    return call


@pytest.fixture
def inputs(pictures: Path, tmp_path: Path) -> Path:
    """A folder of everything that somebody may point at."""
    good = picture.read(pictures / GOOD)
    for name, source in (
        ("good", GOOD),
        ("same", SAME),
        ("other", OTHER),
        ("many", "selfie-many-people.jpg"),
    ):
        shutil.copy(pictures / source, tmp_path / f"{name}.jpg")
    cv2.imwrite(str(tmp_path / "grey.png"), cv2.cvtColor(good, cv2.COLOR_BGR2GRAY))
    cv2.imwrite(str(tmp_path / "deep.png"), good.astype(np.uint16) * 257)
    cv2.imwrite(str(tmp_path / "clear.png"), cv2.cvtColor(good, cv2.COLOR_BGR2BGRA))
    cv2.imwrite(str(tmp_path / "huge.jpg"), np.zeros((8000, 8000, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((480, 640, 3), 127, np.uint8))
    cv2.imwrite(str(tmp_path / "tiny.png"), np.zeros((4, 4, 3), np.uint8))
    (tmp_path / "text.jpg").write_text("not a picture", "utf-8")
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("not a film", "utf-8")
    _lying(good, tmp_path / "lying.jpg")
    return tmp_path


def _lying(upright: np.ndarray, path: Path) -> None:
    """As a telephone writes it: the pixels lie on their side, and EXIF says how they are turned (6)."""
    coded = cv2.imencode(".jpg", cv2.rotate(upright, cv2.ROTATE_90_COUNTERCLOCKWISE))[1].tobytes()
    tiff = b"II*\x00\x08\x00\x00\x00\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00\x06\x00\x00\x00" + bytes(4)
    exif = b"Exif\x00\x00" + tiff
    path.write_bytes(coded[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2, "big") + exif + coded[2:])


@pytest.mark.parametrize("name", ["same.jpg", "grey.png", "deep.png", "clear.png", "lying.jpg"])
def test_the_same_person_is_recognised_in_every_kind_of_picture(name: str, inputs: Path, run: Run) -> None:
    status, said = run("verify-face", inputs / "good.jpg", inputs / name, "--json")
    assert (status, said["match"]) == (0, True)


def test_somebody_else_is_not(inputs: Path, run: Run) -> None:
    status, said = run("verify-face", inputs / "good.jpg", inputs / "other.jpg", "--use", "exam", "--json")
    assert (status, said["match"], said["use"]) == (0, False, "exam")


def test_several_faces_are_compared_and_said(inputs: Path, run: Run) -> None:
    status, said = run("verify-face", inputs / "good.jpg", inputs / "many.jpg", "--json")
    assert status == 0
    assert "single_face_present" in said["flaws"][1]


BAD = {
    "wall.png": "face.none",
    "huge.jpg": "face.bad_picture",
    "tiny.png": "face.bad_picture",
    "text.jpg": "face.bad_picture",
    "empty.jpg": "face.bad_picture",
    "missing.jpg": "face.bad_picture",
}


@pytest.mark.parametrize(("name", "code"), BAD.items())
def test_what_cannot_be_compared_is_named(name: str, code: str, inputs: Path, run: Run) -> None:
    assert run("verify-face", inputs / "good.jpg", inputs / name, "--json") == (1, {"error": code})


def test_each_pair_of_a_list_gets_a_score_or_a_reason_and_the_run_goes_on(inputs: Path, run: Run) -> None:
    pairs, out = inputs / "pairs.csv", inputs / "scores.csv"
    rows = ["good.jpg,same.jpg", *(f"good.jpg,{name}" for name in BAD), "good.jpg", ",", "good.jpg,other.jpg"]
    pairs.write_text("file_x,file_y\n" + "\n".join(rows) + "\n", "utf-8")
    assert run("face-scores", "--pairs", pairs, "--out", out) == (0, {"pairs": 10, "failed": 8})
    found = list(csv.DictReader(out.read_text("utf-8").splitlines()))
    assert [row["error"] for row in found] == ["", *BAD.values(), "face.bad_picture", "face.bad_picture", ""]
    assert float(found[0]["score"]) > 0.5 > float(found[-1]["score"])


def test_lists_that_are_none_are_named(inputs: Path, run: Run) -> None:
    out = inputs / "scores.csv"
    (inputs / "wrong.csv").write_text("a,b\n1,2\n", "utf-8")
    assert run("face-scores", "--pairs", inputs / "wrong.csv", "--out", out)[0] == 2
    status, said = run("face-scores", "--pairs", inputs / "missing.csv", "--out", out)
    assert (status, said["error"]) == (1, "face.pairs")
    status, said = run("face-scores", "--pairs", inputs / "wrong.csv", "--out", inputs / "no" / "scores.csv")
    assert (status, said["error"]) == (1, "face.pairs")


def test_liveness_of_a_picture_is_never_proven_and_of_no_picture_is_named(inputs: Path, run: Run) -> None:
    names = ["good.jpg", *BAD, "text.mp4", "missing.mp4"]
    status, said = run("liveness", *(inputs / name for name in names), "--json")
    assert status == 0
    assert [one["outcome"] for one in said] == ["try_again"] * len(names)
    assert [one["reasons"][0] for one in said[1:]] == [*BAD.values(), "face.bad_picture", "face.bad_picture"]


@pytest.mark.parametrize(
    "words", [("verify-face", "a.jpg", "b.jpg"), ("liveness", "a.jpg"), ("face-evaluate", "--people", ".")]
)
def test_without_models_every_verb_says_so(words: tuple[str, ...], tmp_path: Path, run: Run) -> None:
    status, said = run(*words, "--models", tmp_path)
    assert (status, said["error"]) == (1, "face.model_missing")


def test_people_are_evaluated_from_a_folder_and_no_folder_is_named(inputs: Path, run: Run) -> None:
    for person, names in (("an", ("good", "same")), ("khoi", ("other", "other"))):
        home = inputs / "people" / person
        home.mkdir(parents=True)
        for number, name in enumerate(names):
            shutil.copy(inputs / f"{name}.jpg", home / f"{number}.jpg")
    shutil.copy(inputs / "wall.png", inputs / "people" / "khoi" / "wall.png")
    words = ("--people", inputs / "people", "--enrol-frames", 1, "--probe-frames", 1, "--rounds", 2)
    status, said = run("face-evaluate", *words)
    assert (status, said["people"], said["pictures"], said["left_out"]) == (0, 2, 4, 1)
    assert said["identification"]["missed"] == said["identification"]["named"] == 0
    assert run("face-calibrate", "--people", inputs / "people")[1]["error"] == "face.thresholds"
    status, said = run("face-evaluate", "--people", inputs / "good.jpg")
    assert (status, said["error"]) == (1, "face.bad_picture")
