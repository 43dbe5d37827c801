"""What a visit takes for the person before the camera."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pytest

from kiosk.camera.ports import Frame
from kiosk.face.challenge import ChallengeRun
from kiosk.face.cues import ScreenCues
from kiosk.face.detect import Face
from kiosk.face.embed import Template, unit
from kiosk.face.engine import Analysis
from kiosk.face.landmarks import Mesh
from kiosk.face.quality import Quality
from kiosk.face.visit import Teller, Visit

GREY = np.full((48, 64, 3), 127, np.uint8)
GOOD = Quality(1, 0.93, 80, 0.5, 0.5, 0, 0, 1, 200, 0, 0, 0, 0.3)
AHEAD = Mesh(np.random.default_rng(1).uniform(40, 150, (468, 3)).astype(np.float32), 0.0, 0.5)
AHEAD.points[[33, 263, 1], :2] = [(50, 80), (150, 80), (100, 120)]


def seen(direction: int, score: float) -> Analysis:
    face = Face((20, 10, 20, 30), np.zeros((5, 2), np.float32), score)
    vector = unit(np.eye(8, dtype=np.float32)[direction])
    return Analysis(face, replace(GOOD, detection=score), Template("m", vector), AHEAD, ScreenCues(0, 0, 0))


class Eyes:
    """A camera and an engine that show what the test says, every 80 ms."""

    def __init__(self) -> None:
        self.shown, self.at = seen(0, 0.93), 0.0

    async def next_frame(self) -> Frame:
        self.at += 0.08
        return Frame(GREY, self.at, 1)

    async def analyse(self, frame: Frame, *, closely: bool) -> Analysis:
        del frame, closely
        return self.shown


@pytest.mark.parametrize(("score", "changed"), [(0.62, False), (0.93, True)])
async def test_a_shadow_seen_while_the_head_is_away_is_nobody_and_another_face_is_somebody(
    score: float, changed: bool
) -> None:
    eyes, hints = Eyes(), list[str]()
    visit = Visit(eyes, Teller(hints.append), ChallengeRun.draw(random.Random(0)))
    while not visit.run.begun:
        await visit.step()
    before = len(visit.run.frames)
    eyes.shown = seen(1, score)
    for _ in range(4):
        await visit.step()
    assert (len(visit.run.frames) > before) is changed
    assert ("face_changed" in visit.judged().reasons) is changed
