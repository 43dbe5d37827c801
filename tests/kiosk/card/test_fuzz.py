"""Parsers and whole readings against nonsense: only typed errors, in bounded time, and never `genuine`.

The number of examples fits every run; a long run raises it with a hypothesis profile.
"""

from __future__ import annotations

from contextlib import suppress

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.contracts.checkin import ChipVerdict
from kiosk.card import citizen_fields, data_groups, mrz, portrait, public_keys, security_infos, tlv
from kiosk.card.apdu import Command, Response
from kiosk.card.citizen_fields import parse_dg13
from kiosk.card.csca import CscaStore
from kiosk.card.emulator.application import EmulatedCard
from kiosk.card.emulator.portraits import grey_jpeg
from kiosk.card.errors import CardError
from kiosk.card.files import File
from kiosk.card.passive_auth import authenticate, parse_security_object
from kiosk.card.printed import parse_printed
from kiosk.card.reader import read_card
from kiosk.card.verdict import judge
from tests.kiosk.card.support import AT, card

PARSERS = [
    lambda data: list(tlv.parse_all(data)),
    Command.decode,
    Response.decode,
    data_groups.parse_com,
    data_groups.parse_dg1,
    data_groups.parse_dg11,
    data_groups.parse_dg12,
    portrait.parse_dg2,
    parse_dg13,
    parse_security_object,
    security_infos.parse,
    public_keys.parse_agreement_key,
    lambda data: mrz.parse_td1(data.decode("latin-1")),
    lambda data: parse_printed(data.decode("latin-1")),
]
SMALL = card(portrait=grey_jpeg(150))
SEEDS = dict(SMALL.chip.files.items())
READERS = {
    File.COM: data_groups.parse_com,
    File.DG1: data_groups.parse_dg1,
    File.DG2: portrait.parse_dg2,
    File.DG13: citizen_fields.parse_dg13,
    File.SOD: parse_security_object,
    File.CARD_ACCESS: security_infos.parse,
}
edits = st.lists(
    st.tuples(st.integers(0, 4000), st.sampled_from(["set", "cut", "add"]), st.integers(0, 255)),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, changes) -> bytes:
    out = bytearray(data)
    for where, kind, value in changes:
        at = where % (len(out) + 1)
        if kind == "set" and at < len(out):
            out[at] = value
        elif kind == "cut":
            del out[at : at + 1 + value % 8]
        elif kind == "add":
            out[at:at] = bytes((value,)) * (1 + value % 4)
    return bytes(out)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(PARSERS), st.binary(max_size=300))
def test_nonsense_gives_typed_errors_only(parse, data):
    with suppress(CardError):
        parse(data)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(READERS, key=lambda file: file.name)), edits)
def test_damaged_files_give_typed_errors_only(file, changes):
    with suppress(CardError):
        READERS[file](mutated(SEEDS[file], changes))


@settings(max_examples=150, deadline=None)
@given(edits)
def test_a_damaged_security_object_is_never_genuine(changes):
    from kiosk.card.files import DATA_GROUPS
    from kiosk.card.values import Reason

    damaged = mutated(SEEDS[File.SOD], changes)
    groups = {number: SEEDS[file] for number, file in DATA_GROUPS.items() if file in SEEDS}
    reasons = (Reason.ACTIVE_AUTHENTICATION_OK, *authenticate(damaged, groups, SMALL.issuer.store(), AT))
    verdict = judge(reasons).verdict
    assert damaged == SEEDS[File.SOD] or verdict is not ChipVerdict.GENUINE


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 60), edits)
def test_a_card_that_lies_once_ends_in_a_typed_error_or_an_honest_reading(at, changes):
    emulated = EmulatedCard(SMALL.chip)
    count = 0

    class Liar:
        def transmit(self, command: bytes) -> bytes:
            nonlocal count
            answer = emulated.process(command)
            count += 1
            return mutated(answer, changes)[:70_000] if count == at + 1 else answer

    with suppress(CardError):
        found = read_card(Liar(), emulated.keys, store=emulated.issuer.store(), at=AT)
        assert found.holder.citizen_id.value == "001315012345"


@settings(max_examples=100, deadline=None)
@given(st.lists(st.binary(max_size=64), min_size=1, max_size=30))
def test_a_card_that_only_lies_never_hangs(answers):
    count = 0

    class Babbler:
        def transmit(self, command: bytes) -> bytes:
            nonlocal count
            count += 1
            return answers[count % len(answers)] + b"\x90\x00"

    with suppress(CardError):
        read_card(Babbler(), SMALL.keys, store=CscaStore(), at=AT)
    assert count < 5000


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(max_size=80), max_size=20))
def test_the_emulated_card_answers_whatever_it_is_asked(commands):
    emulated = EmulatedCard(SMALL.chip)
    for command in commands:
        assert len(emulated.process(command)) >= 2


@given(st.binary(max_size=400), st.integers(0, 3), st.one_of(st.none(), st.integers(1, 65536)))
def test_a_command_survives_the_wire(data, cla, expected):
    command = Command(cla, 0xB0, 1, 2, data, expected)
    assert Command.decode(command.encode()) == command


@given(st.integers(1, 0xFE).filter(lambda tag: tag & 0x1F != 0x1F), st.binary(max_size=70_000))
def test_a_tlv_survives_the_wire(tag, value):
    item = tlv.read(tlv.encode(tag, value))
    assert (item.tag, item.value) == (tag, value)
