"""From a card's reading to the subject of a visit. Nothing else of the chip leaves the reader."""

from __future__ import annotations

from core.contracts.checkin import IdentifiedBy
from kiosk.card.values import CardReading
from kiosk.session.values import Subject


def subject_of(reading: CardReading) -> Subject:
    """What the session needs of a reading; nothing else of the chip is kept."""
    portrait = reading.portrait.image if reading.portrait else None
    number = reading.holder.citizen_id
    return Subject(number, IdentifiedBy.CHIP, reading.genuineness.verdict, portrait)
