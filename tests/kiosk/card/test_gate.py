"""A whole visit at a gate with a real reader: printed code, chip over pcscd, face, report, receipt; and its doctor."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass

import aiohttp
import pytest

from core.contracts.checkin import ChipVerdict, FaceOutcome
from kiosk.card.emulator.people import PUPIL
from kiosk.card.emulator.vpcd import VirtualReader
from kiosk.card.pcsc import CardWatch
from kiosk.clock import CoreTime, SystemClock
from kiosk.doctor import examine
from kiosk.reader import PcscCards
from kiosk.runner import Parts, Runner
from kiosk.session.events import CardLaid
from kiosk.session.values import FaceReport
from kiosk.settings import KioskSettings
from kiosk.uplink.client import CoreClient
from kiosk.uplink.sender import Sender
from kiosk.uplink.spool import Spool
from tests.kiosk.card.support import Shown, card, issuer
from tests.kiosk.support.machine import enrolled
from tests.kiosk.support.peer import core_peer
from tests.kiosk.support.waiting import eventually

pytestmark = pytest.mark.pcsc


@dataclass
class Match:
    """A face check that is not what is tested here; it notes the portrait it was given."""

    portrait: bytes | None = None
    emulated: bool = True

    async def check(self, subject, on_hint):
        del on_hint
        self.portrait = subject.portrait
        return FaceReport(FaceOutcome.MATCH, 0.8, liveness_passed=True)

    async def greet(self, coming, on_hint):
        return await self.check(await coming, on_hint)


class Board:
    def __init__(self):
        self.screens, self.ended = [], asyncio.Event()

    def show(self, view):
        if not self.screens or self.screens[-1] != view.screen:
            self.screens.append(view.screen)
        if view.screen.startswith("verdict"):
            self.ended.set()


async def test_a_pupil_with_a_card_passes_the_gate(empty_reader, tmp_path):
    (tmp_path / "test.crt").write_bytes(issuer().csca)
    cards = PcscCards(tmp_path, Shown(PUPIL.printed), SystemClock(), CardWatch("Virtual PCD"))
    face, board, emulated = Match(), Board(), card()
    async with core_peer() as peer, aiohttp.ClientSession() as http:
        identity = await enrolled(tmp_path, peer)
        client = CoreClient(http, identity, CoreTime(SystemClock()))
        spool = Spool(tmp_path / "spool")
        sender = Sender(spool, client)
        runner = Runner(Parts(cards, face, sender, board, SystemClock()))
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(sender.run()), group.create_task(runner.run())]
            with VirtualReader(emulated):
                await asyncio.wait_for(board.ended.wait(), 30)
            for task in tasks:
                task.cancel()
        spool.close()
    (report,) = peer.reports
    assert (report["citizen_id"], report["identified_by"]) == (PUPIL.number, "chip")
    assert (report["chip"], report["face"]) == ("genuine", "match")
    assert face.portrait is not None
    assert face.portrait in b"".join(emulated.chip.files.values())
    assert board.screens[-1] == "verdict_accepted"


async def test_a_reading_that_is_given_up_leaves_the_reader_to_the_next_one(empty_reader, tmp_path):
    (tmp_path / "test.crt").write_bytes(issuer().csca)
    cards = PcscCards(tmp_path, Shown(PUPIL.printed), SystemClock(), CardWatch("Virtual PCD"))
    emulated = card()

    def slow(command):
        time.sleep(0.03)
        return emulated.process(command)

    with VirtualReader(emulated, process=slow):
        while not isinstance(laid := await cards.next_event(), CardLaid):
            pass
        async with asyncio.TaskGroup() as group:
            first = group.create_task(cards.read(laid.tap, PUPIL.citizen_id, lambda _phase: None))
            await eventually(lambda: emulated.exchanges > 8)
            first.cancel()
        subject = await cards.read(laid.tap, PUPIL.citizen_id, lambda _phase: None)
    assert subject.chip is ChipVerdict.GENUINE


async def test_the_doctor_sees_the_reader_its_card_and_a_missing_store(empty_reader, tmp_path):
    settings = KioskSettings(
        core_url="http://127.0.0.1:9", data_dir=tmp_path, camera=str(tmp_path / "none.mp4")
    )
    with VirtualReader(card()):
        watch = CardWatch("Virtual PCD")
        await asyncio.to_thread(watch.wait_for_card, stop=lambda: False)
        found = {(one.part, one.what): one.state for one in await examine(settings)}
    with_card = [(part, what, state) for (part, what), state in found.items() if empty_reader in what]
    assert [(part, state) for part, _, state in with_card] == [("reader", "ok")]
    assert "có thẻ" in with_card[0][1]
    assert "chưa có thẻ" not in with_card[0][1]
    assert any(part == "csca" and state == "warn" for (part, _), state in found.items())
    assert any(part == "camera" and state == "bad" for (part, _), state in found.items())
