"""The purposes for which somebody is asked, and when a consent counts. Pure.

Law 91/2025/QH15 (in force 2026-01-01), articles 9 and 24; Decree 356/2025/NĐ-CP, articles 5 and 6: silence is no
consent, nothing is ticked beforehand, each purpose stands alone, taking back is as easy as giving. Schooling never
depends on any of these: who does not agree to a face uses card, QR or a person. What rests on another ground than
consent stands in `grounds`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from core.errors import CoreError
from core.values.ids import GuardianId, StudentId

CHILD_AGREES_FROM = 7
"""Publishing a child's life needs the child's own agreement from this age on (Law 91/2025, article 24)."""
ADULT_AT = 18


class ChildMustAgreeError(CoreError):
    """From seven years on the child has to agree, too."""

    code = "consents.child_must_agree"
    http_status = 422


class Purpose(StrEnum):
    """What the data of a pupil would be used for (mục đích)."""

    ATTENDANCE_MESSAGES = "attendance_messages"
    FACE_ENROLMENT = "face_enrolment"
    PHOTOS = "photos"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is asked under a purpose (nội dung đồng ý); a new version asks everybody again."""

    version: int
    child_agrees: bool = False
    personal: bool = False
    """Each guardian decides for the own messages, and nobody for another's."""


TERMS: Mapping[Purpose, Terms] = {
    Purpose.ATTENDANCE_MESSAGES: Terms(1, personal=True),
    Purpose.FACE_ENROLMENT: Terms(1),
    Purpose.PHOTOS: Terms(1, child_agrees=True),
}


class Standing(StrEnum):
    """How a purpose stands for a pupil (tình trạng)."""

    NOT_ASKED = "not_asked"
    GIVEN = "given"
    WITHDRAWN = "withdrawn"
    OUTDATED = "outdated"
    """Agreed to an earlier version: asked again, and not used meanwhile."""


@dataclass(frozen=True, slots=True)
class NewConsent:
    """Somebody agrees or takes it back (ý kiến). Without a guardian it is the grown pupil's, or on paper."""

    student_id: StudentId
    purpose: Purpose
    given: bool
    actor: str
    guardian_id: GuardianId | None = None
    child_agreed: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """What somebody said, as it was kept (ý kiến đã ghi)."""

    id: UUID
    student_id: StudentId
    purpose: Purpose
    version: int
    given: bool
    child_agreed: bool
    guardian_id: GuardianId | None
    actor: str
    at: datetime


def standing(said: Sequence[Consent], purpose: Purpose, born_on: date | None, today: date) -> Standing:
    """How a purpose stands for a pupil, from everything that was said about it, oldest first.

    The last word of each person counts. One person who takes back outweighs another who agreed: it is the child's
    protection. What is each guardian's own (`Terms.personal`) is given as soon as one of them has it. What guardians
    said ends when the child is of age.
    """
    age = age_on(born_on, today)
    heard = _heard(said, purpose, age)
    if not TERMS[purpose].personal:
        return _standing_of(list({one.guardian_id: one for one in heard}.values()), age)
    found = {own_standing(said, purpose, one.guardian_id, (born_on, today)) for one in heard}
    order = (Standing.GIVEN, Standing.WITHDRAWN, Standing.OUTDATED)
    return next((one for one in order if one in found), Standing.NOT_ASKED)


def own_standing(
    said: Sequence[Consent], purpose: Purpose, guardian_id: GuardianId | None, days: tuple[date | None, date]
) -> Standing:
    """How a purpose that is each guardian's own stands for one of them; `days` are the pupil's birthday and today.

    The later word counts: the own, or what came on paper for the whole family.
    """
    age = age_on(*days)
    mine = [one for one in _heard(said, purpose, age) if one.guardian_id in {None, guardian_id}]
    return _standing_of(mine[-1:], age)


def _heard(said: Sequence[Consent], purpose: Purpose, age: int) -> list[Consent]:
    """What was said about a purpose by those who may speak: of a grown pupil not the guardians."""
    grown = age >= ADULT_AT
    return [one for one in said if one.purpose is purpose and not (grown and one.guardian_id is not None)]


def _standing_of(words: Sequence[Consent], age: int) -> Standing:
    """How the last words of some people stand together."""
    if any(not one.given for one in words):
        return Standing.WITHDRAWN
    if not words:
        return Standing.NOT_ASKED
    return Standing.GIVEN if any(_counts(one, age) for one in words) else Standing.OUTDATED


def _counts(one: Consent, age: int) -> bool:
    terms = TERMS[one.purpose]
    child = not terms.child_agrees or age < CHILD_AGREES_FROM or one.child_agreed
    return one.version == terms.version and child


def age_on(born_on: date | None, today: date) -> int:
    """Full years; 0 where the birthday cannot be read, so that what the guardians said goes on counting.

    >>> age_on(date(2008, 11, 21), date(2026, 11, 20)), age_on(date(2008, 11, 21), date(2026, 11, 21))
    (17, 18)
    """
    if born_on is None:
        return 0
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))
