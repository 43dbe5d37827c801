"""PACE (ICAO 9303-11, 4.4): a short password becomes strong session keys.

It knows three mappings of the generator. The password never travels and each wrong guess costs a whole run.
Chip-authentication mapping also proves that the chip holds its private key; whether that key is the issuer's
is for passive authentication to say.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, Protocol

from kiosk.card import oids, tlv
from kiosk.card.apdu import Command
from kiosk.card.channel import Channel, PlainChannel
from kiosk.card.errors import AccessDeniedError, ProtocolError, StatusError
from kiosk.card.groups import Group
from kiosk.card.integrated_mapping import field_element
from kiosk.card.keys import AccessKey, Can
from kiosk.card.public_keys import standard_group
from kiosk.card.secure_messaging import SecureChannel, SecureSession
from kiosk.card.security_infos import Mapping, PaceInfo
from kiosk.card.symmetric import (
    ENC,
    MAC,
    MAC_SIZE,
    PACE,
    Aes,
    Suite,
    cbc_zero_iv,
    cipher_of,
    derive_key,
    same,
    token,
    unpad,
)

DYNAMIC = 0x7C
NONCE, MAP_TERMINAL, MAP_CHIP, KEY_TERMINAL, KEY_CHIP, TOKEN_TERMINAL, TOKEN_CHIP = (
    0x80,
    0x81,
    0x82,
    0x83,
    0x84,
    0x85,
    0x86,
)
CHIP_DATA = 0x8A
_PUBLIC_KEY = 0x7F49
_CHAINED = 0x10
_MRZ, _CAN = 1, 2
_LONGEST_NONCE = 64


class Chance(Protocol):
    """Where the terminal's secrets come from; the worked examples of the standard put their own here."""

    def private(self, order: int) -> int:
        """A private key from 1 to order - 1."""
        ...

    def nonce(self, size: int) -> bytes:
        """Random bytes."""
        ...


class SystemChance:
    """The operating system's randomness."""

    def private(self, order: int) -> int:
        """A private key from 1 to order - 1."""
        return secrets.randbelow(order - 1) + 1

    def nonce(self, size: int) -> bytes:
        """Random bytes."""
        return secrets.token_bytes(size)


SYSTEM = SystemChance()


@dataclass(frozen=True, slots=True)
class PaceResult:
    """An opened channel, and for chip-authentication mapping what the chip's key must fulfil."""

    channel: SecureChannel
    proof: ChipProof | None


@dataclass(frozen=True, slots=True)
class ChipProof:
    """The chip's mapping key and the decrypted chip authentication data (4.4.3.5)."""

    group: Group[Any]
    mapping_key: Any
    value: int

    def holds_for(self, static_key: Any) -> bool:
        """Whether the chip with this static public key ran the protocol."""
        return bool(self.group.agree(self.value, static_key) == self.mapping_key)


def _check_nonce(info: PaceInfo, encrypted: bytes) -> None:
    """Whole blocks; the integrated mapping fixes the number, elsewhere the chip chooses (4.4.3.3)."""
    if info.mapping is Mapping.INTEGRATED:
        fits = len(encrypted) == (32 if info.suite in {Suite.AES_192, Suite.AES_256} else 16)
    else:
        fits = 0 < len(encrypted) <= _LONGEST_NONCE and len(encrypted) % info.suite.block == 0
    if not fits:
        raise ProtocolError("nonce length")


def password_key(key: AccessKey, suite: Suite) -> bytes:
    """The key that protects the nonce."""
    return derive_key(key.secret, PACE, suite)


def token_data(oid: str, group: Group[Any], element: Any) -> bytes:
    """The data under an authentication token: the other side's public key, with the protocol's name."""
    identifier = tlv.encode(0x06, oids.encode(oid))
    return tlv.encode(_PUBLIC_KEY, identifier, tlv.encode(group.public_key_tag, group.encode(element)))


def run_pace(
    plain: PlainChannel,
    info: PaceInfo,
    key: AccessKey,
    *,
    several: bool = False,
    chance: Chance = SYSTEM,
) -> PaceResult:
    """Open the chip with one password.

    `several` says that the chip names the same protocol with more than one set of parameters.

    Raises:
        AccessDeniedError: when the password is not this chip's.
        ProtocolError: when the chip does not follow the protocol.
    """
    group = standard_group(_parameters(info))
    _select_protocol(plain, info, key, several=several)
    encrypted = _step(plain, b"", NONCE)
    _check_nonce(info, encrypted)
    nonce = cbc_zero_iv(password_key(key, info.suite), info.suite, encrypted, decrypt=True)
    ephemeral, mapping_key = _map(plain, info, group, nonce, chance)
    return _agree(plain, info, ephemeral, chance.private(group.order), _Mapped(group, mapping_key))


@dataclass(frozen=True, slots=True)
class _Mapped:
    group: Group[Any]
    chip_key: Any


def _parameters(info: PaceInfo) -> int:
    if info.parameters is None:
        raise ProtocolError("pace without domain parameters")
    return info.parameters


def _select_protocol(plain: Channel, info: PaceInfo, key: AccessKey, *, several: bool) -> None:
    reference = _CAN if isinstance(key, Can) else _MRZ
    data = tlv.encode(0x80, oids.encode(info.oid)) + tlv.encode(0x83, bytes((reference,)))
    if several:
        data += tlv.encode(0x84, bytes((_parameters(info),)))
    response = plain.send(Command(0x00, 0x22, 0xC1, 0xA4, data))
    # 63Cx: the password is known to the chip and guesses are left, or none are; the run itself will tell.
    if not response.ok and response.status >> 8 != 0x63:
        raise StatusError(response.status, "pace select")


def _map(
    plain: Channel, info: PaceInfo, group: Group[Any], nonce: bytes, chance: Chance
) -> tuple[Group[Any], Any]:
    """The group with its ephemeral generator, and the chip's mapping key where there is one."""
    if info.mapping is Mapping.INTEGRATED:
        ours = chance.nonce(info.suite.key_size)
        _step(plain, tlv.encode(MAP_TERMINAL, ours), MAP_CHIP, optional=True)
        return group.mapped_integrated(field_element(nonce, ours, info.suite, group)), None
    mine = chance.private(group.order)
    public = group.public(mine)
    theirs = group.decode(_step(plain, tlv.encode(MAP_TERMINAL, group.encode(public)), MAP_CHIP))
    if theirs == public:
        raise ProtocolError("mapping key echoed")
    shared = group.agree(mine, theirs)
    return group.mapped_generic(int.from_bytes(nonce, "big"), shared), theirs


def _agree(plain: PlainChannel, info: PaceInfo, group: Group[Any], mine: int, mapped: _Mapped) -> PaceResult:
    public = group.public(mine)
    theirs = group.decode(_step(plain, tlv.encode(KEY_TERMINAL, group.encode(public)), KEY_CHIP))
    if theirs == public:
        raise ProtocolError("public key echoed")
    secret = group.secret(group.agree(mine, theirs))
    key_enc, key_mac = derive_key(secret, ENC, info.suite), derive_key(secret, MAC, info.suite)
    proof_data = tlv.encode(TOKEN_TERMINAL, token(key_mac, info.suite, token_data(info.oid, group, theirs)))
    answer = _authenticate(plain, proof_data)
    expected = token(key_mac, info.suite, token_data(info.oid, group, public))
    received = tlv.get(answer, TOKEN_CHIP).value
    if len(received) != MAC_SIZE or not same(received, expected):
        raise ProtocolError("chip token")
    channel = SecureChannel(plain, SecureSession(cipher_of(info.suite, key_enc, key_mac)))
    if info.mapping is not Mapping.CHIP_AUTHENTICATION:
        return PaceResult(channel, None)
    value = open_chip_data(key_enc, tlv.get(answer, CHIP_DATA).value)
    return PaceResult(channel, ChipProof(mapped.group, mapped.chip_key, value))


def open_chip_data(key_enc: bytes, data: bytes) -> int:
    """Decrypt the chip authentication data: AES with the encrypted counter -1 as IV (4.4.3.5.3)."""
    if not data or len(data) % 16:
        raise ProtocolError("chip authentication data")
    return int.from_bytes(unpad(Aes(key_enc, key_enc).decrypt(data, b"\xff" * 16)), "big")


def _authenticate(plain: Channel, data: bytes) -> tuple[tlv.Tlv, ...]:
    response = plain.send(Command(0x00, 0x86, 0, 0, tlv.encode(DYNAMIC, data), 256))
    if response.status in {0x6300, 0x6982, 0x6983, 0x6988} or response.status >> 4 == 0x63C:
        raise AccessDeniedError("pace")
    return tlv.read_exactly(response.require_ok("pace token").data, DYNAMIC).children()


def _step(plain: Channel, data: bytes, wanted: int, *, optional: bool = False) -> bytes:
    response = plain.send(Command(_CHAINED, 0x86, 0, 0, tlv.encode(DYNAMIC, data), 256)).require_ok(
        "pace step"
    )
    if optional and not response.data:
        return b""
    found = tlv.find(tlv.read_exactly(response.data, DYNAMIC).children(), wanted)
    if found is None and not optional:
        raise ProtocolError(f"pace object {wanted:02X} missing")
    return found.value if found else b""
