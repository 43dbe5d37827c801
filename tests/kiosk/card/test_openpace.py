"""Random PACE sessions against OpenPACE: both sides must accept each other's token, or both refuse.

Generic mapping only: Debian's build refuses an EF.CardAccess that offers integrated mapping (appendix H proves that).
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from kiosk.card.channel import PlainChannel
from kiosk.card.emulator.personalise import CardPlan, card_access, pace_info
from kiosk.card.errors import AccessDeniedError
from kiosk.card.keys import Can, MrzKey
from kiosk.card.pace import run_pace
from kiosk.card.symmetric import Suite
from tests.kiosk.card.openpace import PACE_CAN, PACE_MRZ, OpenPaceChip, library

EAC = library()
pytestmark = pytest.mark.skipif(EAC is None, reason="libeac is not installed (apt-get install libeac-dev)")
CURVES = (8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18)
FIELDS = (0, 1, 2)
MRZ = "IDVNM3150123452001315012345<<31502039F2902038VNM<<<<<<<<<<<8NGUYEN<<THI<AN<<<<<<<<<<<<<<<<"


def session(plan: CardPlan, key, secret: bytes, kind: int) -> OpenPaceChip:
    info = pace_info(plan)
    chip = OpenPaceChip(EAC, card_access(info, plan), secret, kind)
    run_pace(PlainChannel(chip), info, key)
    return chip


@pytest.mark.parametrize("suite", list(Suite), ids=lambda suite: suite.name)
@pytest.mark.parametrize("parameters", CURVES)
def test_generic_mapping_agrees_on_every_curve(parameters, suite):
    plan = CardPlan(parameters=parameters, suite=suite)
    assert session(plan, Can("012345"), b"012345", PACE_CAN).accepted


@pytest.mark.parametrize("suite", list(Suite), ids=lambda suite: suite.name)
@pytest.mark.parametrize("parameters", FIELDS)
def test_generic_mapping_agrees_in_every_field(parameters, suite):
    """OpenPACE drops the leading zeros of an agreed value, against PKCS#3: one session in 256 may differ."""
    plan = CardPlan(parameters=parameters, suite=suite)
    agreed = 0
    for _ in range(5):
        with suppress(AccessDeniedError):
            agreed += session(plan, Can("012345"), b"012345", PACE_CAN).accepted
    assert agreed >= 4


@pytest.mark.parametrize("run", range(20))
def test_the_vietnamese_cards_own_protocol_agrees_on_random_sessions(run):
    assert session(CardPlan(), Can("012345"), b"012345", PACE_CAN).accepted


def test_the_mrz_key_is_the_same_on_both_sides():
    key = MrzKey.parse("315012345215020392902038")
    assert session(CardPlan(), key, MRZ.encode(), PACE_MRZ).accepted


def test_a_wrong_number_is_refused_by_the_other_side():
    with pytest.raises(AccessDeniedError):
        session(CardPlan(), Can("012345"), b"543210", PACE_CAN)
