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
from PIL import Image

from kiosk.face import picture
from kiosk.face.commands import register
from kiosk.face.crowding import Crowd
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
    cv2.imwrite(str(tmp_path / "huge.jpg"), np.zeros((7100, 7100, 3), np.uint8))
    cv2.imwrite(str(tmp_path / "wall.png"), np.full((480, 640, 3), 127, np.uint8))
    cv2.imwrite(str(tmp_path / "tiny.png"), np.zeros((4, 4, 3), np.uint8))
    Image.fromarray(cv2.cvtColor(good, cv2.COLOR_BGR2RGB)).convert("CMYK").save(tmp_path / "ink.jpg")
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


@pytest.mark.parametrize("name", ["same.jpg", "grey.png", "deep.png", "clear.png", "lying.jpg", "ink.jpg"])
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
    "huge.jpg": "face.none",
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


def _scored(
    run: Run, folder: Path, listed: str, *more: object, encoding: str = "utf-8"
) -> list[dict[str, str]]:
    """The rows that come of a list."""
    (folder / "pairs.csv").write_text(listed, encoding)
    assert run("face-scores", "--pairs", folder / "pairs.csv", "--out", folder / "pairs.csv", *more)[0] == 0
    return list(csv.DictReader((folder / "pairs.csv").read_text("utf-8").splitlines()))


def test_a_face_that_fills_its_picture_is_small_in_it_or_lies_on_its_side_gets_a_score(
    inputs: Path, run: Run, engine: FaceEngine
) -> None:
    good = picture.read(inputs / "good.jpg")
    x, y, width, height = (round(v) for v in engine.analyse(good).face.box)
    cv2.imwrite(str(inputs / "filling.png"), good[y : y + height, x : x + width])
    far = np.full((1500, 1500, 3), 120, np.uint8)
    small = cv2.resize(good, None, fx=48 / width, fy=48 / width, interpolation=cv2.INTER_AREA)
    far[40 : 40 + small.shape[0], 60 : 60 + small.shape[1]] = small
    cv2.imwrite(str(inputs / "far.png"), far)
    cv2.imwrite(str(inputs / "left.png"), cv2.rotate(good, cv2.ROTATE_90_COUNTERCLOCKWISE))
    cv2.imwrite(str(inputs / "right.png"), cv2.rotate(good, cv2.ROTATE_90_CLOCKWISE))
    names = ("filling.png", "far.png", "left.png", "right.png")
    rows = _scored(run, inputs, "file_x,file_y\n" + "".join(f"good.jpg,{name}\n" for name in names))
    assert [row["error"] for row in rows] == [""] * len(names)
    assert min(float(row["score"]) for row in rows) > 0.6


def test_a_list_may_use_semicolons_spaces_columns_of_ours_and_be_written_over(inputs: Path, run: Run) -> None:
    rows = _scored(run, inputs, "\ufefffile_x ; file_y;score;who\ngood.jpg;same.jpg;old;Ân\n")
    assert [(list(row), row["who"]) for row in rows] == [
        (["file_x", "file_y", "who", "score", "quality", "error"], "Ân")
    ]
    assert float(rows[0]["score"]) > 0.5


def test_paths_lie_beside_the_list_or_where_the_program_was_started(
    inputs: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    (inputs / "list").mkdir()
    monkeypatch.chdir(inputs)
    rows = _scored(
        run, inputs / "list", f"file_x,file_y\ngood.jpg,..\\same.jpg\n{inputs}/good.jpg,../same.jpg\n"
    )
    assert [row["error"] for row in rows] == ["", ""]


def test_of_a_folder_the_pictures_there_are_are_averaged_and_none_stands_on_both_sides(
    inputs: Path, run: Run
) -> None:
    for person, names in (("an", ("good", "same")), ("khoi", ("other",)), ("none", ())):
        (inputs / person).mkdir()
        for number, name in enumerate(names):
            shutil.copy(inputs / f"{name}.jpg", inputs / person / f"{number}.jpg")
    listed = "file_x,file_y\nan,an\nan,khoi\nan,none\ngood.jpg;same.jpg,an\ngood.jpg,same.jpg\n"
    own, other, empty, several, pair = _scored(run, inputs, listed, "--enrol-frames", 1, "--probe-frames", 3)
    assert own["score"] == pair["score"]
    assert float(other["score"]) < 0.4
    assert empty["error"] == "face.none"
    assert float(several["score"]) > 0.8


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


def test_liveness_of_a_folder_judges_each_and_of_a_film_also_without_a_name_or_a_length(
    inputs: Path, run: Run
) -> None:
    folder = inputs / "some"
    folder.mkdir()
    shutil.copy(inputs / "good.jpg", folder / "a.jpg")
    shutil.copy(inputs / "text.jpg", folder / "b.jpg")
    (folder / "notes.txt").write_text("no picture", "utf-8")
    film = cv2.VideoWriter(str(folder / "c.avi"), cv2.VideoWriter.fourcc(*"MJPG"), 10, (320, 240))
    for _ in range(8):
        film.write(cv2.resize(picture.read(inputs / "good.jpg"), (320, 240)))
    film.release()
    shutil.copy(folder / "c.avi", inputs / "film")
    _, said = run("liveness", folder, inputs / "film", "--json")
    assert [Path(one["path"]).name for one in said] == ["a.jpg", "b.jpg", "c.avi", "film"]
    assert [one["reasons"][0] for one in said[:2]] == ["still_picture", "face.bad_picture"]
    assert said[2]["reasons"] == said[3]["reasons"] == ["no_turn", "no_blink"]


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
    (inputs / "groups.csv").write_text("person,group\nan,north\n", "utf-8")
    crowd = ("face-crowd", "--people", inputs / "people", "--groups", inputs / "groups.csv", "--out")
    found = run(*crowd, inputs / "crowd.json", "--group", "north")[1]
    assert (found["people"], found["members"]) == (2, 1)
    assert Crowd.from_json((inputs / "crowd.json").read_text("utf-8")).price > 0
    assert run(*crowd, inputs / "crowd.json", "--group", "nobody")[0] == 1
    status, said = run("face-evaluate", "--people", inputs / "good.jpg")
    assert (status, said["error"]) == (1, "face.bad_picture")
