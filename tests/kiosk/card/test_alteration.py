"""No single byte of DG1, DG2 or the security object can be changed and the card still be called genuine.

Exhaustive over every position of a small card. The pure checks run on the files as a reading would have collected
them, without the air between.
"""

from __future__ import annotations

import pytest

from core.contracts.checkin import ChipVerdict
from kiosk.card.emulator.issuer import Signing
from kiosk.card.emulator.personalise import CardPlan
from kiosk.card.emulator.portraits import grey_jpeg
from kiosk.card.files import DATA_GROUPS, File
from kiosk.card.passive_auth import authenticate
from kiosk.card.values import Reason
from kiosk.card.verdict import judge
from tests.kiosk.card.support import AT, card, issuer, reading

# All eight bits and FF were tried once for all three issuers (251 s, no survivor); every run tries these.
BITS = {Signing.ECDSA: (0x01, 0x80, 0xFF), Signing.RSA: (0x01,), Signing.RSA_PSS: (0x01,)}


def judged(files, store):
    groups = {number: files[file] for number, file in DATA_GROUPS.items() if file in files}
    proofs = (Reason.ACTIVE_AUTHENTICATION_OK, Reason.CHIP_AUTHENTICATION_OK)
    return judge((*proofs, *authenticate(files.get(File.SOD), groups, store, AT))).verdict


@pytest.mark.parametrize("signing", list(Signing), ids=lambda signing: signing.value)
@pytest.mark.parametrize("file", [File.DG1, File.DG2, File.SOD], ids=lambda file: file.name)
def test_no_altered_byte_is_ever_genuine(file, signing):
    by = issuer(signing)
    files = dict(card(portrait=grey_jpeg(200), by=by).chip.files)
    store = by.store()
    assert judged(files, store) is ChipVerdict.GENUINE
    whole = files[file]
    survivors = []
    for position in range(len(whole)):
        for bits in BITS[signing]:
            changed = bytearray(whole)
            changed[position] ^= bits
            if judged({**files, file: bytes(changed)}, store) is ChipVerdict.GENUINE:
                survivors.append((position, bits))
    assert survivors == []


@pytest.mark.parametrize("position", range(0, 88, 11))
def test_an_altered_card_is_found_out_over_the_air_too(position):
    data = bytearray(card().chip.files[File.DG13])
    data[-1 - position] ^= 0x01
    found = reading(card(CardPlan(replace={File.DG13: bytes(data)})))
    assert found.genuineness.verdict is ChipVerdict.ALTERED
