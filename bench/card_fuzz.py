"""A million seeded inputs against the card's parsers, and whole readings of cards that lie.

Each input is a mutation of a real file or answer, or noise. Whatever is neither a result nor a `CardError`
counts as a surprise, and so does a reading that names another person, or one judged genuine whose holder or
portrait is not the card's. The same seed gives the same inputs; keys and challenges of a session are random,
as they must be.
"""

from __future__ import annotations

import random
import resource
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from core.contracts.checkin import ChipVerdict
from kiosk.card import citizen_fields, data_groups, mrz, portrait, security_infos, tlv
from kiosk.card.apdu import Command, Response
from kiosk.card.csca import CscaStore
from kiosk.card.emulator.application import EmulatedCard
from kiosk.card.emulator.personalise import CardPlan, make_card
from kiosk.card.emulator.portraits import grey_jpeg
from kiosk.card.emulator.transport import EmulatedTransport
from kiosk.card.errors import CardError
from kiosk.card.files import File
from kiosk.card.passive_auth import parse_security_object
from kiosk.card.printed import parse_printed
from kiosk.card.reader import read_card
from kiosk.card.values import CardReading

NAME = "card-fuzz"
SUMMARY = "1,000,000 damaged inputs against the card's parsers, and readings of lying cards"
SEED = 20261121
INPUTS, SESSIONS = 1_000_000, 1_000
_AT = datetime(2026, 11, 21, tzinfo=UTC)
_QR = "001315012345||Nguyễn Thị Ân|03022015|Nữ|Thôn Mẫu|01082024".encode()

Parser = Callable[[bytes], object]
FILES: dict[File, Parser] = {
    File.CARD_ACCESS: security_infos.parse,
    File.COM: data_groups.parse_com,
    File.DG1: data_groups.parse_dg1,
    File.DG2: portrait.parse_dg2,
    File.DG11: data_groups.parse_dg11,
    File.DG12: data_groups.parse_dg12,
    File.DG13: citizen_fields.parse_dg13,
    File.DG14: lambda data: security_infos.parse(data_groups.security_infos_of(data)),
    File.DG15: data_groups.public_key_of,
    File.SOD: parse_security_object,
}


def targets(card: EmulatedCard) -> dict[str, tuple[Parser, bytes]]:
    """Every parser with an input that it takes."""
    files = card.chip.files
    found = {file.name: (parser, files[file]) for file, parser in FILES.items() if file in files}
    return found | {
        "TLV": (lambda data: list(tlv.parse_all(data)), files[File.COM] + files[File.DG1]),
        "COMMAND": (Command.decode, bytes.fromhex("0CB000000D9701DF8E08010203040506070800")),
        "RESPONSE": (Response.decode, bytes.fromhex("990290008E0801020304050607089000")),
        "MRZ": (lambda data: mrz.parse_td1(data.decode("latin-1")), files[File.DG1][5:]),
        "QR": (lambda data: parse_printed(data.decode("utf-8", "replace")), _QR),
    }


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The data with one to six changes, or one time in ten only noise."""
    if chance.random() < 0.1:
        return chance.randbytes(chance.randrange(300))
    out = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at, kind = chance.randrange(len(out) + 1), chance.randrange(4)
        if kind == 0 and at < len(out):
            out[at] = chance.randrange(256)
        elif kind == 1 and at < len(out):
            out[at] ^= 1 << chance.randrange(8)
        elif kind == 2:
            del out[at : at + chance.randint(1, 8)]
        else:
            out[at:at] = chance.randbytes(chance.randint(1, 4))
    return bytes(out)


@dataclass(slots=True)
class Liar:
    """A card whose answers are damaged: one of them, or each with a probability."""

    card: EmulatedCard
    chance: random.Random
    at: int
    rate: float
    asked: int = 0

    def transmit(self, command: bytes) -> bytes:
        """The card's answer, or what is left of it."""
        answer = self.card.process(command)
        self.asked += 1
        if self.asked == self.at or self.chance.random() < self.rate:
            return mutated(answer, self.chance)
        return answer


def parse_all(card: EmulatedCard, inputs: int, seed: int) -> Counter[str]:
    """How the parsers ended, by the kind of the end."""
    chance, ends = random.Random(seed), Counter[str]()
    known = list(targets(card).values())
    for turn in range(inputs):
        parser, seed_input = known[turn % len(known)]
        ends[_end_of(parser, mutated(seed_input, chance))] += 1
    return ends


def _end_of(parser: Parser, data: bytes) -> str:
    try:
        parser(data)
    except CardError as error:
        return error.code
    except Exception as error:  # noqa: BLE001 - a surprise is what this looks for
        return f"surprise: {type(error).__name__}"
    return "accepted"


def read_all(card: EmulatedCard, sessions: int, seed: int) -> tuple[Counter[str], int]:
    """How readings of lying cards ended, and the most APDUs that one of them took."""
    chance, ends, most = random.Random(seed), Counter[str](), 0
    store = card.issuer.store()
    clean = read_card(EmulatedTransport(EmulatedCard(card.chip)), card.keys, store=store, at=_AT)
    for turn in range(sessions):
        rate = 0.05 if turn % 2 else 0.0
        liar = Liar(EmulatedCard(card.chip), chance, chance.randint(1, 33), rate)
        ends[_session_end(liar, clean, store)] += 1
        most = max(most, liar.asked)
    return ends, most


def _session_end(liar: Liar, clean: CardReading, store: CscaStore) -> str:
    try:
        reading = read_card(liar, liar.card.keys, store=store, at=_AT)
    except CardError as error:
        return error.code
    except Exception as error:  # noqa: BLE001 - a surprise is what this looks for
        return f"surprise: {type(error).__name__}"
    if reading.holder.citizen_id != clean.holder.citizen_id:
        return "surprise: another person"
    verdict = reading.genuineness.verdict
    if verdict is ChipVerdict.GENUINE and not _true_to(clean, reading):
        return "surprise: genuine and not what the issuer wrote"
    return verdict.value


def _true_to(clean: CardReading, reading: CardReading) -> bool:
    """Whether everything that was read is what the issuer wrote; a file that could not be read says nothing."""
    holder, written = reading.holder, clean.holder
    named = not holder.name_has_marks or holder.full_name == written.full_name
    same = (holder.born_on, holder.sex, holder.expires_on) == (
        written.born_on,
        written.sex,
        written.expires_on,
    )
    details = holder.details in {None, written.details}
    return named and same and details and reading.portrait == clean.portrait


def run() -> dict[str, object]:
    """Fuzz and count; about two minutes."""
    card = make_card(portrait=grey_jpeg(150), plan=CardPlan(without=frozenset()))
    parse_all(card, 1000, SEED + 1)
    warm = _peak_mb()
    started = time.perf_counter()
    parsers = parse_all(card, INPUTS, SEED)
    parsed = time.perf_counter()
    sessions, most = read_all(card, SESSIONS, SEED)
    ended = time.perf_counter()
    surprises = sum(count for end, count in (parsers + sessions).items() if end.startswith("surprise"))
    return {
        "target": {"inputs": 1_000_000, "surprises": 0},
        "figures": {
            "seed": SEED,
            "inputs": INPUTS,
            "parser_ends": dict(parsers.most_common()),
            "parser_seconds": round(parsed - started, 1),
            "sessions": SESSIONS,
            "session_ends": dict(sessions.most_common()),
            "session_seconds": round(ended - parsed, 1),
            "most_apdus_in_a_session": most,
            "surprises": surprises,
            "peak_memory_mb": _peak_mb(),
        },
        "reference": {"clean_reading": _clean(card), "memory_after_the_first_thousand_mb": warm},
        "limits": ["`genuine` in a session means that the damage fell on no byte that is read or signed"],
    }


def _peak_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def _clean(card: EmulatedCard) -> str:
    reading = read_card(
        Liar(EmulatedCard(card.chip), random.Random(0), 0, 0.0),
        card.keys,
        store=card.issuer.store(),
        at=_AT,
    )
    return reading.genuineness.verdict.value
