"""An enrolled face, and when one may be kept. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core.contracts.checkin import FaceOutcome
from core.contracts.faces import FaceEnrolment, FaceTemplates
from core.errors import NotFoundError
from core.values.ids import DeviceId, StudentId


class NotEnrolledError(NotFoundError):
    """This pupil has no enrolled face."""

    code = "enrolments.not_enrolled"


@dataclass(frozen=True, slots=True)
class EnrolledFace:
    """The templates of one pupil and where they came from (khuôn mặt đã ghi danh)."""

    student_id: StudentId
    device_id: DeviceId
    templates: FaceTemplates = field(repr=False)
    enrolled_at: datetime


def is_sure(enrolment: FaceEnrolment) -> bool:
    """Whether the looks are surely those of a living holder of the card; nothing less is kept.

    A template taken from the wrong person would let that person in every day.
    """
    return enrolment.face is FaceOutcome.MATCH and enrolment.liveness_passed is True
