"""What the tests of the card share: one issuer per run, the instant, a reading in process."""

from __future__ import annotations

import asyncio
import functools
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np
import segno

from kiosk.camera.ports import Frame
from kiosk.card.apdu import Response
from kiosk.card.channel import PlainChannel
from kiosk.card.csca import CscaStore
from kiosk.card.emulator.application import EmulatedCard
from kiosk.card.emulator.issuer import Signing, TestIssuer
from kiosk.card.emulator.people import PUPIL, FictionalPerson
from kiosk.card.emulator.personalise import CardPlan, make_card
from kiosk.card.emulator.transport import EmulatedTransport
from kiosk.card.reader import read_card
from kiosk.card.values import CardReading

AT = datetime(2026, 11, 21, tzinfo=UTC)


@functools.cache
def issuer(signing: Signing = Signing.ECDSA) -> TestIssuer:
    return TestIssuer.create(signing)


def card(plan: CardPlan | None = None, person: FictionalPerson = PUPIL, **options) -> EmulatedCard:
    return make_card(person, issuer=options.pop("by", None) or issuer(), plan=plan, **options)


def reading(emulated: EmulatedCard, keys=None, store: CscaStore | None = None, **options) -> CardReading:
    trusted = emulated.issuer.store() if store is None else store
    return read_card(EmulatedTransport(emulated), keys or emulated.keys, store=trusted, at=AT, **options)


def h(text: str) -> bytes:
    return bytes.fromhex("".join(text.split()))


@dataclass
class Script:
    """A card that answers by heart and fails when it is asked anything else."""

    exchanges: list[tuple[str, str]]
    asked: list[str] = field(default_factory=list)

    def transmit(self, command: bytes) -> bytes:
        expected, answer = self.exchanges[len(self.asked)]
        self.asked.append(command.hex().upper())
        assert command == h(expected), f"step {len(self.asked)}"
        return h(answer)

    def channel(self) -> PlainChannel:
        return PlainChannel(self)


@dataclass
class Chance:
    """Secrets taken from a worked example, in order."""

    privates: list[str]
    nonces: list[str] = field(default_factory=list)

    def private(self, order: int) -> int:
        return int(self.privates.pop(0), 16)

    def nonce(self, size: int) -> bytes:
        value = h(self.nonces.pop(0))
        assert len(value) == size
        return value


def decoded(raw: bytes) -> Response:
    return Response.decode(raw)


@dataclass
class Shown:
    """A camera before which a printed code is held, or nothing."""

    text: str | None = None
    emulated: bool = True

    async def frame(self) -> Frame:
        await asyncio.sleep(0.01)
        grey = np.full((240, 240), 255, np.uint8)
        if self.text is not None:
            modules = np.array([list(row) for row in segno.make_qr(self.text, error="m").matrix], np.uint8)
            grey = np.pad((1 - modules) * 255, 6, constant_values=255).repeat(3, 0).repeat(3, 1)
        return Frame(np.repeat(grey[:, :, None], 3, axis=2).astype(np.uint8), time.monotonic(), 1)
