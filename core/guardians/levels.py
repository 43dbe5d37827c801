"""How surely somebody must be known for what. Pure; features ask here and nowhere else.

A level is the weakest of what is known: of the guardianship, of the chat account (a paper code that somebody
else found must not open what the mother proved with her card), and of what the relation allows at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.guardians.domain import LEVEL_OF, GuardianshipState, Level, Relation
from core.guardians.machine import Event

ADULT_AT = 18


class Feature(StrEnum):
    """Something that touches a pupil's data (việc cần mức bảo đảm)."""

    ATTENDANCE = "attendance"
    SCHOOL_NEWS = "school_news"
    FEES = "fees"
    MARKS = "marks"
    OWN_DATA = "own_data"
    CONSENTS = "consents"
    CHANGE_OF_GUARDIAN = "change_of_guardian"


LEVEL_FOR: Mapping[Feature, Level] = {
    Feature.ATTENDANCE: Level.CLAIMED,
    Feature.SCHOOL_NEWS: Level.CLAIMED,
    Feature.FEES: Level.MATCHED,
    Feature.MARKS: Level.MATCHED,
    Feature.OWN_DATA: Level.MATCHED,
    Feature.CONSENTS: Level.MATCHED,
    Feature.CHANGE_OF_GUARDIAN: Level.VERIFIED,
}
LEVEL_BY: Mapping[Event, Level] = {
    Event.CODE_SENT: Level.CLAIMED,
    Event.PHONE_SHARED: Level.CLAIMED,
    Event.CARD_MATCHED: Level.MATCHED,
    Event.CODE_HANDED_OVER: Level.VERIFIED,
    Event.BOUND_AT_KIOSK: Level.VERIFIED,
    Event.STAFF_APPROVED: Level.VERIFIED,
    Event.VNEID: Level.VERIFIED,
}
"""What a proof says about the chat account that brought it."""
MOST_FOR: Mapping[Relation, Level] = {
    Relation.FATHER: Level.VERIFIED,
    Relation.MOTHER: Level.VERIFIED,
    Relation.GUARDIAN: Level.VERIFIED,
    Relation.COURT_APPOINTED: Level.VERIFIED,
    Relation.GRANDPARENT: Level.CLAIMED,
    Relation.BOARDING: Level.CLAIMED,
    Relation.SELF: Level.VERIFIED,
}
"""Grandparents and boarding staff look after a child but do not represent it (facts GH-001, GH-006): they
learn of arrivals. With the parents' written authority, or a registered guardianship, the relation is GUARDIAN."""


@dataclass(frozen=True, slots=True)
class Standing:
    """All that bears on one guardianship, as one chat account uses it (căn cứ tính mức)."""

    state: GuardianshipState
    relation: Relation
    account: Level = Level.VERIFIED
    valid_until: date | None = None
    restricted: bool = False
    pupil_left: bool = False
    pupil_born_on: date | None = None
    adult_agreed: bool = False


def level_of(standing: Standing, today: date) -> Level:
    """How surely the person speaks for the pupil today; rights end on the day, whether or not a job has run."""
    ended = (
        standing.restricted
        or standing.pupil_left
        or (standing.valid_until is not None and standing.valid_until < today)
        or not in_whose_hands(standing.relation, standing.pupil_born_on, today, agreed=standing.adult_agreed)
    )
    if ended:
        return Level.NONE
    return min(LEVEL_OF[standing.state], standing.account, MOST_FOR[standing.relation])


def in_whose_hands(relation: Relation, born_on: date | None, today: date, *, agreed: bool) -> bool:
    """Whether this relation may speak at all today: guardians for a child, the grown pupil for itself.

    `agreed` says that the grown pupil wants a guardian to go on. Where the birthday is unknown, guardians speak.

    >>> in_whose_hands(Relation.SELF, date(2008, 11, 21), date(2026, 11, 20), agreed=False)
    False
    """
    grown = is_adult(born_on, today)
    return grown if relation is Relation.SELF else agreed or not grown


def is_adult(born_on: date | None, today: date) -> bool:
    """Whether somebody is eighteen on `today`; who was born on 29 February is so on 1 March.

    >>> is_adult(date(2008, 11, 21), date(2026, 11, 21)), is_adult(date(2008, 11, 22), date(2026, 11, 21))
    (True, False)
    """
    if born_on is None:
        return False
    return (today.year - ADULT_AT, today.month, today.day) >= (born_on.year, born_on.month, born_on.day)


def may(level: Level, feature: Feature) -> bool:
    """Whether a level is enough."""
    return level >= LEVEL_FOR[feature]
