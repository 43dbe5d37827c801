"""From a fictional person to a card: the files, the keys, the signed security object.

`make_card()` is the one call a demonstration or a test needs; `CardPlan` says what else may differ.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kiosk.card import oids, tlv
from kiosk.card.chip_mapping import CARD_SECURITY_CONTENT
from kiosk.card.citizen_fields import INTEGER, PRINTABLE, SEQUENCE, SET, UTF8, UTF8_OID
from kiosk.card.curves import EcGroup
from kiosk.card.emulator.application import EmulatedCard
from kiosk.card.emulator.chip import Chip, ChipKey, Misbehaviour
from kiosk.card.emulator.issuer import TestIssuer
from kiosk.card.emulator.people import PUPIL, FictionalPerson
from kiosk.card.emulator.portraits import dg2_19794, grey_jpeg
from kiosk.card.files import DATA_GROUP_TAGS, DATA_GROUPS, File
from kiosk.card.keys import Can
from kiosk.card.public_keys import ec_spki, standard_group
from kiosk.card.security_infos import Mapping as PaceMapping
from kiosk.card.security_infos import PaceInfo
from kiosk.card.symmetric import Suite

BRAINPOOL_P256 = 13
_SIZES = {Suite.TRIPLE_DES: 1, Suite.AES_128: 2, Suite.AES_192: 3, Suite.AES_256: 4}
_KINDS = {
    (PaceMapping.GENERIC, False): 1,
    (PaceMapping.GENERIC, True): 2,
    (PaceMapping.INTEGRATED, False): 3,
    (PaceMapping.INTEGRATED, True): 4,
    (PaceMapping.CHIP_AUTHENTICATION, True): 6,
}
_TERMINAL_AUTHENTICATION = "0.4.0.127.0.7.2.2.2"


@dataclass(frozen=True, slots=True)
class CardPlan:
    """How a card is to be made; the default is the Vietnamese card as it is known."""

    mapping: PaceMapping = PaceMapping.GENERIC
    suite: Suite = Suite.AES_128
    parameters: int = BRAINPOOL_P256
    pace: bool = True
    bac: bool = True
    active_authentication: str | None = "ec"
    chip_authentication: Suite | None = Suite.AES_128
    without: frozenset[int] = frozenset((11, 12))
    replace: Mapping[File, bytes] = field(default_factory=dict)
    faults: frozenset[Misbehaviour] = frozenset()
    faulty_from: int = 0


def make_card(
    person: FictionalPerson = PUPIL,
    *,
    portrait: bytes | None = None,
    issuer: TestIssuer | None = None,
    plan: CardPlan | None = None,
) -> EmulatedCard:
    """A card for a fictional person; `portrait` is a JPEG or JPEG 2000 file, a grey one of 18 kB by default.

    >>> make_card().issuer.store().issuers[0].subject.native["country_name"]
    'VN'
    """
    plan, issuer = plan or CardPlan(), issuer or TestIssuer.create()
    pace = pace_info(plan) if plan.pace else None
    ca_key = _chip_key(plan)
    aa_key = _signature_key(plan.active_authentication)
    infos = security_infos(plan, pace, ca_key)
    groups = {
        1: tlv.encode(File.DG1.tag, tlv.encode(0x5F1F, person.mrz.encode())),
        2: dg2_19794(portrait or grey_jpeg()),
        11: dg11(person),
        12: tlv.encode(File.DG12.tag, tlv.encode(0x5F26, person.issued_on.strftime("%Y%m%d").encode())),
        13: dg13(person),
        14: tlv.encode(File.DG14.tag, infos),
    }
    if aa_key is not None:
        spki = aa_key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        groups[15] = tlv.encode(File.DG15.tag, spki)
    groups = {number: data for number, data in groups.items() if number not in plan.without}
    files = {DATA_GROUPS[number]: data for number, data in groups.items()}
    files[File.SOD] = issuer.security_object(groups)
    files[File.COM] = com(tuple(groups))
    if pace is not None:
        files[File.CARD_ACCESS] = card_access(pace, plan)
        files[File.CARD_SECURITY] = issuer.sign(infos, CARD_SECURITY_CONTENT)
    files.update(plan.replace)
    chip = Chip(
        files=files,
        can=Can(person.citizen_id.can),
        mrz_key=person.mrz_key,
        issuer=issuer,
        pace=pace,
        bac=plan.bac,
        aa_key=aa_key,
        ca_key=ca_key,
        faults=plan.faults,
        faulty_from=plan.faulty_from,
    )
    return EmulatedCard(chip)


def pace_info(plan: CardPlan) -> PaceInfo:
    """The PACE protocol of a plan."""
    elliptic = plan.parameters > 2
    kind = _KINDS[plan.mapping, elliptic]
    return PaceInfo(
        f"{oids.PACE}.{kind}.{_SIZES[plan.suite]}", plan.mapping, elliptic, plan.suite, plan.parameters
    )


def _chip_key(plan: CardPlan) -> ChipKey | None:
    if plan.chip_authentication is None and plan.mapping is not PaceMapping.CHIP_AUTHENTICATION:
        return None
    number = plan.parameters if plan.parameters > 2 else BRAINPOOL_P256
    group = standard_group(number)
    return ChipKey(
        group, secrets.randbelow(group.order - 1) + 1, plan.chip_authentication or Suite.AES_128, number
    )


def _signature_key(kind: str | None) -> Any:
    if kind is None:
        return None
    return (
        rsa.generate_private_key(65537, 2048)
        if kind == "rsa"
        else ec.generate_private_key(ec.BrainpoolP256R1())
    )


def _info(oid: str, *rest: bytes) -> bytes:
    return tlv.encode(SEQUENCE, tlv.encode(0x06, oids.encode(oid)), *rest)


def _small(value: int) -> bytes:
    return tlv.encode(INTEGER, bytes((value,)))


def card_access(pace: PaceInfo, plan: CardPlan) -> bytes:
    """EF.CardAccess with the three entries that the Vietnamese card has."""
    return tlv.encode(SET, *_access_infos(pace, plan))


def _access_infos(pace: PaceInfo, plan: CardPlan) -> list[bytes]:
    infos = [_info(_TERMINAL_AUTHENTICATION, _small(1))]
    if plan.chip_authentication is not None:
        size = _SIZES[plan.chip_authentication]
        infos.append(_info(f"{oids.CHIP_AUTHENTICATION}.2.{size}", _small(1)))
    infos.append(_info(pace.oid, _small(2), _small(pace.parameters or 0)))
    return infos


def security_infos(plan: CardPlan, pace: PaceInfo | None, key: ChipKey | None) -> bytes:
    """The SET of DG14: everything of EF.CardAccess, and the chip's public key."""
    infos = _access_infos(pace, plan) if pace else []
    if pace is None and plan.chip_authentication is not None:
        size = _SIZES[plan.chip_authentication]
        infos.append(_info(f"{oids.CHIP_AUTHENTICATION}.2.{size}", _small(1)))
    if key is not None and isinstance(key.group, EcGroup):
        oid = next(oid for oid, number in oids.NAMED_CURVES.items() if number == key.parameters)
        spki = ec_spki(oid, key.group.encode(key.group.public(key.private)))
        infos.append(_info(f"{oids.PUBLIC_KEY}.2", spki))
    return tlv.encode(SET, *infos)


def com(groups: tuple[int, ...]) -> bytes:
    """EF.COM naming data groups, with DG3 as real cards do."""
    tags = {number: tag for tag, number in DATA_GROUP_TAGS.items()}
    listed = bytes(tags[number] for number in sorted((*groups, 3)))
    version = tlv.encode(0x5F01, b"0107") + tlv.encode(0x5F36, b"040000")
    return tlv.encode(File.COM.tag, version, tlv.encode(0x5C, listed))


def dg11(person: FictionalPerson) -> bytes:
    """DG11 with the name and the day of birth."""
    name = tlv.encode(0x5F0E, person.full_name.upper().replace(" ", "<").encode())
    born = tlv.encode(0x5F2B, person.born_on.strftime("%Y%m%d").encode())
    return tlv.encode(File.DG11.tag, tlv.encode(0x5C, b"\x5f\x0e\x5f\x2b"), name, born)


def dg13(person: FictionalPerson) -> bytes:
    """DG13 in the Vietnamese shape."""

    def entry(number: int, *values: bytes) -> bytes:
        return tlv.encode(SEQUENCE, _small(number), *values)

    def utf8(value: str) -> bytes:
        return tlv.encode(UTF8, value.encode())

    def plain(value: str) -> bytes:
        return tlv.encode(PRINTABLE, value.encode())

    expiry = person.expires_on.strftime("%d/%m/%Y") if person.expires_on else "Không thời hạn"
    parents = [tlv.encode(SEQUENCE, utf8(name)) for name in (person.father, person.mother) if name]
    fields = (
        entry(1, plain(person.number)),
        entry(2, utf8(person.full_name)),
        entry(3, plain(person.born_on.strftime("%d/%m/%Y"))),
        entry(4, utf8("Nữ" if person.female else "Nam")),
        entry(5, utf8("Việt Nam")),
        entry(6, utf8("Kinh")),
        entry(7, utf8("Không")),
        entry(8, utf8(person.residence)),
        entry(9, utf8(person.residence)),
        entry(10),
        entry(11, plain(person.issued_on.strftime("%d/%m/%Y"))),
        entry(12, utf8(expiry)),
        entry(13, *parents),
        entry(14),
    )
    head = _small(1) + tlv.encode(0x06, UTF8_OID)
    return tlv.encode(File.DG13.tag, tlv.encode(SEQUENCE, head, tlv.encode(SET, *fields)))
