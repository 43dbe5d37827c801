"""The whole way of a byte: pyscard, pcscd, the virtual reader, the emulated card."""

from __future__ import annotations

import asyncio
import json
import time

import pytest

from core.contracts.checkin import ChipVerdict
from kiosk.card.emulator.people import PUPIL
from kiosk.card.emulator.personalise import CardPlan
from kiosk.card.emulator.vpcd import VirtualReader
from kiosk.card.errors import AccessUnsupportedError, CardRemovedError, ReaderUnavailableError, TransportError
from kiosk.card.pcsc import CardWatch, choose_reader, connect, list_readers, longest_answer
from kiosk.card.reader import ReadOptions, read_card
from kiosk.card.tap import read_shortening
from kiosk.card.values import AccessMethod, Phase
from kiosk.clock import SystemClock
from kiosk.commands import run
from kiosk.reader import WAKING_SECONDS, PcscCards
from kiosk.session.events import CardGone, CardLaid, CodeSeen
from tests.kiosk.card.support import AT, Shown, card, issuer

# There is one virtual reader on a machine, so its tests share one process.
pytestmark = pytest.mark.pcsc


def laid(watch: CardWatch) -> str:
    deadline = time.monotonic() + 10
    name = watch.wait_for_card(stop=lambda: time.monotonic() > deadline)
    assert name is not None
    return name


def test_a_card_is_read_and_judged_through_the_real_service(empty_reader):
    emulated = card()
    with VirtualReader(emulated):
        name = laid(CardWatch("Virtual PCD"))
        with connect(name) as link:
            found = read_card(link, emulated.keys, store=emulated.issuer.store(), at=AT)
    assert found.genuineness.verdict is ChipVerdict.GENUINE
    assert found.portrait is not None


def test_the_same_card_can_be_read_twice_and_opens_with_pace_again(empty_reader):
    emulated = card()
    with VirtualReader(emulated):
        name = laid(CardWatch("Virtual PCD"))
        for _ in range(2):
            with connect(name) as link:
                options = ReadOptions(longest_answer=longest_answer(name))
                found = read_card(link, emulated.keys, store=emulated.issuer.store(), at=AT, options=options)
            assert found.access is AccessMethod.PACE_CAN


def test_a_card_taken_away_in_mid_read_is_one_clear_error_and_stays_one(empty_reader):
    emulated = card()
    reader = VirtualReader(emulated)

    def leave_in_the_middle(command: bytes) -> bytes:
        if emulated.exchanges == 30:
            reader.remove()
        return emulated.process(command)

    reader.process = leave_in_the_middle
    reader.insert()
    name = laid(CardWatch("Virtual PCD"))
    with connect(name) as link:
        with pytest.raises((CardRemovedError, TransportError)):
            read_card(link, emulated.keys, store=emulated.issuer.store(), at=AT)
        with pytest.raises(CardRemovedError):
            link.transmit(bytes.fromhex("00A4020C02011C"))


def test_coming_and_going_are_seen(empty_reader):
    watch = CardWatch("Virtual PCD")
    assert watch.present_on() is None
    with VirtualReader(card()):
        assert laid(watch)
    deadline = time.monotonic() + 10
    while watch.present_on() is not None:
        assert time.monotonic() < deadline, "the card is gone"
        time.sleep(0.05)


def test_connecting_without_a_card_says_so(empty_reader):
    with pytest.raises(CardRemovedError), connect(empty_reader):
        pass


def test_the_reader_is_chosen_by_part_of_its_name(empty_reader):
    assert choose_reader("virtual", list_readers()).startswith("Virtual PCD")
    with pytest.raises(ReaderUnavailableError):
        choose_reader("no such thing", list_readers())


async def test_the_kiosks_card_source_sees_reads_and_loses_a_card(empty_reader, tmp_path):
    emulated, phases = card(), []
    (tmp_path / "test.crt").write_bytes(issuer().csca)
    cards = PcscCards(tmp_path, Shown(), SystemClock(), CardWatch("Virtual PCD"))
    with VirtualReader(emulated):
        laid_event = await cards.next_event()
        assert isinstance(laid_event, CardLaid)
        subject = await cards.read(laid_event.tap, PUPIL.citizen_id, phases.append)
    assert (subject.citizen_id, subject.chip) == (PUPIL.citizen_id, ChipVerdict.GENUINE)
    assert subject.portrait is not None
    assert await cards.next_event() == CardGone(laid_event.tap)
    assert phases == [phase.value for phase in Phase]
    with pytest.raises(CardRemovedError):
        await cards.read(laid_event.tap, PUPIL.citizen_id, phases.append)


async def test_a_card_that_something_else_holds_for_a_moment_is_read_at_the_second_try(
    empty_reader, tmp_path
):
    (tmp_path / "test.crt").write_bytes(issuer().csca)
    cards = PcscCards(tmp_path, Shown(), SystemClock(), CardWatch("Virtual PCD"))
    with VirtualReader(card()):
        laid_event = await cards.next_event()
        assert isinstance(laid_event, CardLaid)
        held = connect(empty_reader)
        held.__enter__()
        asyncio.get_running_loop().call_later(WAKING_SECONDS / 2, held.__exit__, None, None, None)
        subject = await cards.read(laid_event.tap, PUPIL.citizen_id, lambda _phase: None)
    assert (subject.citizen_id, subject.chip) == (PUPIL.citizen_id, ChipVerdict.GENUINE)


async def test_the_printed_code_opens_a_card_without_pace_at_the_kiosk(empty_reader, tmp_path):
    cards = PcscCards(tmp_path, Shown(PUPIL.printed), SystemClock(), CardWatch("Virtual PCD"))
    assert await cards.next_event() == CodeSeen(PUPIL.citizen_id)
    with VirtualReader(card(CardPlan(pace=False))):
        laid_event = await cards.next_event()
        assert isinstance(laid_event, CardLaid)
        subject = await cards.read(laid_event.tap, PUPIL.citizen_id, lambda _phase: None)
    assert (subject.citizen_id, subject.chip) == (PUPIL.citizen_id, ChipVerdict.ISSUER_UNKNOWN)


async def test_without_the_printed_dates_a_card_without_pace_stays_shut(empty_reader, tmp_path):
    cards = PcscCards(tmp_path, Shown(), SystemClock(), CardWatch("Virtual PCD"))
    with VirtualReader(card(CardPlan(pace=False))):
        laid_event = await cards.next_event()
        assert isinstance(laid_event, CardLaid)
        with pytest.raises(AccessUnsupportedError):
            await cards.read(laid_event.tap, PUPIL.citizen_id, lambda _phase: None)


@pytest.mark.parametrize("way", ["number", "qr", "mrz"])
def test_the_command_line_reads_the_card_on_the_reader(empty_reader, tmp_path, capsys, way):
    emulated = card()
    (tmp_path / "test.crt").write_bytes(issuer().csca)
    key = {"number": PUPIL.number, "qr": PUPIL.printed, "mrz": emulated.chip.mrz_key.information}[way]
    with VirtualReader(emulated):
        name = laid(CardWatch("Virtual PCD"))
        said = run(["read-card", "--reader", name, f"--{way}", key, "--csca", str(tmp_path), "--json"])
    shown = capsys.readouterr()
    found = json.loads(shown.out)
    assert said == 0
    assert (found["verdict"], found["holder"]["number"]) == ("genuine", PUPIL.number)
    assert [one["phase"] for one in found["phases"]] == [phase.value for phase in Phase][:-1]
    assert all(one["seconds"] > 0 for one in found["phases"])
    assert PUPIL.number not in shown.err


def test_a_chip_that_refuses_long_answers_is_read_with_short_ones(empty_reader):
    emulated = card()

    def short_only(command: bytes) -> bytes:
        extended = len(command) > 6 and command[4] == 0
        return b"\x67\x00" if extended else emulated.process(command)

    def attempt(link, options):
        return read_card(link, emulated.keys, store=emulated.issuer.store(), at=AT, options=options)

    with VirtualReader(emulated, process=short_only):
        found = read_shortening(laid(CardWatch("Virtual PCD")), attempt)
    assert found.genuineness.verdict is ChipVerdict.GENUINE
