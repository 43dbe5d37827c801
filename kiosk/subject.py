"""From a card's reading to the subject of a visit. Nothing else of the chip leaves the reader."""

from __future__ import annotations

from core.contracts.checkin import IdentifiedBy
from kiosk.card.values import CardReading
from kiosk.session.values import Subject


def subject_of(reading: CardReading) -> Subject:
    """What the session needs of a reading; name and date of birth serve a guardian's visit, and end with it."""
    portrait = reading.portrait.image if reading.portrait else None
    number = reading.holder.citizen_id
    return Subject(
        citizen_id=number,
        identified_by=IdentifiedBy.CHIP,
        chip=reading.genuineness.verdict,
        portrait=portrait,
        full_name=reading.holder.full_name,
        born_on=reading.holder.born_on,
    )
