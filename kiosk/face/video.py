"""Judges a recorded video without knowing what was asked for: did a head turn in depth, did eyes blink?

For measuring and for exercises. At the kiosk the challenge is drawn at random and its moments are judged
(`liveness.judge`); a recording cannot know them, which is the point of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np

from kiosk.face.depth import parallax
from kiosk.face.embed import compare
from kiosk.face.engine import FaceEngine
from kiosk.face.errors import BadPictureError, FaceError
from kiosk.face.liveness import SAME_FACE, SCREEN_MARKS, LivenessOutcome, LivenessVerdict
from kiosk.face.movements import BLINK_BELOW, DEPTH_AT_LEAST, FrameSignals
from kiosk.face.picture import Picture

VIDEO_KINDS = frozenset({".mp4", ".m4v", ".avi", ".mov", ".mkv", ".webm", ".mpg", ".mpeg", ".3gp", ".wmv"})
_MOST_FRAMES = 90
_STEP_OF_UNKNOWN = 3
"""A file that does not say how long it is (a browser's recording) is looked at for its first nine seconds."""
_LONGEST = 1_000_000
_USUAL_RATE, _FASTEST_RATE = 25.0, 240.0


def frames_of(path: Path) -> Iterator[tuple[int, Picture]]:
    """At most 90 frames spread over the video, with their times in milliseconds.

    Raises:
        BadPictureError: when it is no video.
    """
    video = cv2.VideoCapture(str(path))
    try:
        if not video.isOpened():
            raise BadPictureError("not a video")
        total, told = video.get(cv2.CAP_PROP_FRAME_COUNT), video.get(cv2.CAP_PROP_FPS)
        rate = told if 1 <= told <= _FASTEST_RATE else _USUAL_RATE
        known = 0 < total < _LONGEST
        step = max(1, int(total) // _MOST_FRAMES) if known else _STEP_OF_UNKNOWN
        for number in range(int(total) if known else step * _MOST_FRAMES):
            if not video.grab():
                break
            if number % step == 0:
                good, frame = video.retrieve()
                if good:
                    yield round(number * 1000 / rate), np.asarray(frame, np.uint8)
    finally:
        video.release()


def judge_video(engine: FaceEngine, path: Path) -> LivenessVerdict:
    """Accept only a video in which the same face turned in depth and blinked.

    Raises:
        BadPictureError: when it is no video.
    """
    seen: list[FrameSignals] = []
    for at_ms, frame in frames_of(path):
        try:
            seen.append(engine.analyse(frame, live=True).signals(at_ms))
        except FaceError:
            continue
    return _judged(seen)


def _judged(seen: Sequence[FrameSignals]) -> LivenessVerdict:
    if len(seen) < 6:
        return LivenessVerdict(LivenessOutcome.TRY_AGAIN, ("too_few_frames",), {"frames": float(len(seen))})
    yaw = [frame.yaw for frame in seen]
    eyes = np.array([frame.eye_openness for frame in seen])
    templates = [frame.template for frame in seen if frame.template is not None]
    same = min(compare(templates[0], other) for other in templates[1:])
    opened = float(np.percentile(eyes, 80))
    blink = float(eyes.min() / opened) if opened > 0 else 1.0
    marks = float(np.median([frame.screen_marks for frame in seen]))
    turn = _deepest(seen, yaw)
    signals = {"turn": turn, "blink": 1 - blink, "same_face": same, "screen_marks": marks}
    if same < SAME_FACE or marks > SCREEN_MARKS:
        why = ("face_changed",) if same < SAME_FACE else ("screen_or_paper",)
        return LivenessVerdict(LivenessOutcome.STAFF, why, signals)
    missing = [
        n for wrong, n in ((turn < DEPTH_AT_LEAST, "no_turn"), (blink > BLINK_BELOW, "no_blink")) if wrong
    ]
    outcome = LivenessOutcome.TRY_AGAIN if missing else LivenessOutcome.ACCEPT
    return LivenessVerdict(outcome, tuple(missing), signals)


def _deepest(seen: Sequence[FrameSignals], yaw: Sequence[float]) -> float:
    """The second largest parallax against the frame that looks most straight ahead."""
    rest = seen[int(np.argsort(yaw)[len(yaw) // 2])].anchors
    if rest is None:
        return 0.0
    depths = sorted(abs(parallax(rest, frame.anchors)[0]) for frame in seen if frame.anchors is not None)
    return depths[-2] if len(depths) > 1 else 0.0
