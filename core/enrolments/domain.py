"""An enrolled face, and when one may be kept. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from core.contracts.checkin import FaceOutcome
from core.contracts.faces import FaceEnrolment, FaceTemplates
from core.errors import NotFoundError
from core.values.ids import DeviceId, StudentId

OLD_MODEL_STAYS = timedelta(days=30)
"""So long a school may take until all its kiosks have the newer model."""


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


class Kept(Protocol):
    """A kept enrolment, as far as its age matters."""

    @property
    def id(self) -> UUID:
        """Which it is."""
        ...

    @property
    def student_id(self) -> UUID:
        """Whose it is."""
        ...

    @property
    def enrolled_at(self) -> datetime:
        """When it was made."""
        ...


def superseded(kept: Iterable[Kept], now: datetime) -> frozenset[UUID]:
    """The enrolments of older models whose pupil was enrolled under a newer one long enough ago."""
    newest: dict[UUID, datetime] = {}
    listed = tuple(kept)
    for one in listed:
        newest[one.student_id] = max(one.enrolled_at, newest.get(one.student_id, one.enrolled_at))
    return frozenset(
        one.id
        for one in listed
        if one.enrolled_at < newest[one.student_id] and newest[one.student_id] + OLD_MODEL_STAYS <= now
    )


def is_sure(enrolment: FaceEnrolment) -> bool:
    """Whether the looks are surely those of a living holder of the card; nothing less is kept.

    A template taken from the wrong person would let that person in every day.
    """
    return enrolment.face is FaceOutcome.MATCH and enrolment.liveness_passed is True
