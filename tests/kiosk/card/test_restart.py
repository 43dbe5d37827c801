"""The PC/SC service dies and comes back while the kiosk runs."""

from __future__ import annotations

import asyncio

import pytest

from core.contracts.checkin import ChipVerdict
from kiosk.card.emulator.daemon import Daemon
from kiosk.card.emulator.people import PUPIL
from kiosk.card.emulator.vpcd import VirtualReader
from kiosk.card.errors import CardRemovedError, ReaderUnavailableError, TransportError
from kiosk.card.pcsc import CardWatch, list_readers
from kiosk.clock import SystemClock
from kiosk.reader import PcscCards
from kiosk.session.events import CardGone, CardLaid
from tests.kiosk.card.support import Shown, card, issuer

pytestmark = pytest.mark.pcsc


@pytest.fixture
def service(pcsc_daemon: Daemon, empty_reader: str) -> Daemon:
    if not pcsc_daemon.ours:
        pytest.skip("the PC/SC service of this machine runs, and is not ours to stop")
    return pcsc_daemon


async def laid_on(cards: PcscCards) -> CardLaid:
    async with asyncio.timeout(20):
        while not isinstance(event := await cards.next_event(), CardLaid):
            pass
    return event


async def test_after_a_restart_of_the_service_cards_are_seen_and_read_again(service, tmp_path):
    (tmp_path / "test.crt").write_bytes(issuer().csca)
    cards = PcscCards(tmp_path, Shown(), SystemClock(), CardWatch("Virtual PCD"))
    with VirtualReader(card()):
        first = await laid_on(cards)
    service.stop()
    assert await cards.next_event() == CardGone(first.tap)
    with pytest.raises(ReaderUnavailableError):
        list_readers()
    await asyncio.to_thread(service.start_again)
    with VirtualReader(card()):
        again = await laid_on(cards)
        subject = await cards.read(again.tap, PUPIL.citizen_id, lambda _phase: None)
    assert again.tap != first.tap
    assert subject.chip is ChipVerdict.GENUINE


async def test_a_service_that_dies_in_mid_read_is_one_clear_error_and_the_next_tap_is_read(service, tmp_path):
    (tmp_path / "test.crt").write_bytes(issuer().csca)
    cards = PcscCards(tmp_path, Shown(), SystemClock(), CardWatch("Virtual PCD"))
    emulated = card()

    def dying(command: bytes) -> bytes:
        answer = emulated.process(command)
        if emulated.exchanges == 12 and service.process is not None:
            service.process.kill()
        return answer

    with VirtualReader(emulated, process=dying):
        first = await laid_on(cards)
        with pytest.raises((CardRemovedError, TransportError)):
            await cards.read(first.tap, PUPIL.citizen_id, lambda _phase: None)
    service.stop()
    assert await cards.next_event() == CardGone(first.tap)
    await asyncio.to_thread(service.start_again)
    with VirtualReader(card()):
        again = await laid_on(cards)
        subject = await cards.read(again.tap, PUPIL.citizen_id, lambda _phase: None)
    assert subject.chip is ChipVerdict.GENUINE
