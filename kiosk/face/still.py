"""What can be said of life from one picture: never that it is there, sometimes that it is not."""

from __future__ import annotations

from kiosk.face.engine import FaceEngine
from kiosk.face.liveness import SCREEN_MARKS, LivenessOutcome, LivenessVerdict
from kiosk.face.picture import Picture


def judge_still(engine: FaceEngine, picture: Picture) -> LivenessVerdict:
    """Judge one picture: `staff` when it carries marks of a screen or sheet, else `try_again` (ask to move).

    A still can never be accepted: a good print looks like the person.
    """
    seen = engine.analyse(picture)
    signals = {
        "screen_marks": seen.cues.total,
        "grid": seen.cues.grid,
        "frame": seen.cues.frame,
        "washed_out": seen.cues.washed_out,
        "quality": seen.quality.unified,
    }
    if seen.cues.total > SCREEN_MARKS:
        return LivenessVerdict(LivenessOutcome.STAFF, ("screen_or_paper",), signals)
    return LivenessVerdict(LivenessOutcome.TRY_AGAIN, ("still_picture",), signals)
