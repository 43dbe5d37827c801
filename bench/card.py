"""A full reading over the real pcscd and virtual reader, beside a plain reading of the same card.

Full: PACE with the access number, COM, SOD, DG1, DG2 of 18 kB, DG13, DG14, DG15, all three
authentications. The card runs in this process and shares the interpreter with the reader, so its arithmetic
counts against us; `in_process_s` shows both without the daemon between. The air is computed, not measured.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from kiosk.card.access import open_chip
from kiosk.card.channel import PlainChannel
from kiosk.card.emulator.application import EmulatedCard
from kiosk.card.emulator.daemon import virtual_reader, why_not
from kiosk.card.emulator.personalise import make_card
from kiosk.card.emulator.portraits import grey_jpeg
from kiosk.card.emulator.transport import EmulatedTransport
from kiosk.card.emulator.vpcd import VirtualReader
from kiosk.card.files import ChunkSize, File, read_file
from kiosk.card.pcsc import CardWatch, connect, longest_answer
from kiosk.card.ports import Transport
from kiosk.card.reader import ReadOptions, read_card

NAME = "card"
SUMMARY = "full reading of an 18 kB card over pcscd and the virtual reader, all checks"
ROUNDS = 25
_AT = datetime(2026, 11, 21, tzinfo=UTC)
_PLAIN_FILES = (File.COM, File.SOD, File.DG1, File.DG14, File.DG15, File.DG13, File.DG2)
# ISO 14443-4: prologue, two CRC bytes and one start/stop pair of bits a byte; frames of 256 bytes.
_FRAME_OVERHEAD, _FRAME = 5, 256
_WAIT_SECONDS = 10.0


@dataclass(slots=True)
class Meter:
    """A transport that counts bytes and the time spent below the reader."""

    inner: Transport
    sent: int = 0
    received: int = 0
    exchanges: int = 0
    seconds: float = 0.0

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU and note what it cost."""
        started = time.perf_counter()
        answer = self.inner.transmit(command)
        self.seconds += time.perf_counter() - started
        self.sent += len(command)
        self.received += len(answer)
        self.exchanges += 1
        return answer

    def air_seconds(self, kbps: int) -> float:
        """What the bytes alone take on a contactless link of a rate."""
        total = self.sent + self.received
        frames = 2 * self.exchanges + total // _FRAME
        return (total + frames * _FRAME_OVERHEAD) * 9 / (kbps * 1000)


def run() -> dict[str, object]:
    """Measure; without the daemon only the part in process, and `limits` says so."""
    card = make_card(portrait=grey_jpeg(18_000))
    figures: dict[str, object] = {"in_process_s": _in_process(card)}
    reference: dict[str, object] = {}
    limits = [
        "virtual card and reader: no radio, no chip",
        "card and reader share one interpreter and two cores",
    ]
    missing = why_not()
    if missing:
        limits.append(f"not measured over pcscd: {missing}")
    else:
        with virtual_reader() as name, VirtualReader(card):
            found = _laid(name)
            figures |= _over_pcsc(found, card)
            reference |= _plain_over_pcsc(found, card)
            figures["times_plain"] = round(
                _number(figures, "median_s") / _number(reference, "plain_median_s"), 2
            )
    return {
        "target": {"median_s": 0.40, "overhead_ms_per_apdu": 1.0},
        "figures": figures,
        "reference": reference,
        "limits": limits,
    }


def _number(values: dict[str, object], key: str) -> float:
    return float(str(values[key]))


def _laid(name: str) -> str:
    watch, deadline = CardWatch(name[:-6]), time.monotonic() + _WAIT_SECONDS
    found = watch.wait_for_card(stop=lambda: time.monotonic() > deadline)
    if found is None:
        raise RuntimeError("the virtual card was not seen")
    return found


def _in_process(card: EmulatedCard) -> float:
    def once() -> None:
        card.reset()
        read_card(EmulatedTransport(card), card.keys, store=card.issuer.store(), at=_AT)

    return round(statistics.median(_timed(once, ROUNDS)), 4)


def _timed(work: Callable[[], object], rounds: int) -> list[float]:
    work()
    taken = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return taken


def _over_pcsc(name: str, card: EmulatedCard) -> dict[str, object]:
    short, extended = _full(name, card, 256), _full(name, card, longest_answer(name))
    meter = short[1]
    return {
        "median_s": short[0],
        "apdus": meter.exchanges,
        "bytes": meter.sent + meter.received,
        "overhead_ms_per_apdu": round((short[0] - meter.seconds) / meter.exchanges * 1000, 3),
        "extended_median_s": extended[0],
        "extended_apdus": extended[1].exchanges,
        "air_floor_s": {str(rate): round(meter.air_seconds(rate), 2) for rate in (106, 848)},
    }


def _full(name: str, card: EmulatedCard, longest: int) -> tuple[float, Meter]:
    """Median of the whole time, and the meter of the reading in the middle."""
    taken: list[tuple[float, Meter]] = []
    options = ReadOptions(longest_answer=longest)
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        with connect(name) as link:
            meter = Meter(link)
            reading = read_card(meter, card.keys, store=card.issuer.store(), at=_AT, options=options)
        taken.append((time.perf_counter() - started, meter))
        if reading.genuineness.verdict != "genuine":
            raise RuntimeError("the card was not judged genuine")
    middle = sorted(taken[1:], key=lambda pair: pair[0])[ROUNDS // 2]
    return round(middle[0], 4), middle[1]


def _plain_over_pcsc(name: str, card: EmulatedCard) -> dict[str, object]:
    """Open and read the same files, judge nothing: what any reader must spend on this card and link."""

    def once() -> None:
        with connect(name) as link:
            opened = open_chip(PlainChannel(link), card.keys)
            chunks = ChunkSize()
            for file in _PLAIN_FILES:
                read_file(opened.channel, file, chunks)

    return {"plain_median_s": round(statistics.median(_timed(once, ROUNDS)), 4)}
