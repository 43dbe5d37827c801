"""Chip authentication (ICAO 9303-11, 6.2): the chip proves its private key by being able to go on speaking.

It replaces the session keys. The proof is complete only with the first answer under the new keys, so the
caller must exchange one more command before it believes anything.
"""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.card import oids, tlv
from kiosk.card.apdu import Command
from kiosk.card.errors import ProtocolError, UnsupportedAlgorithmError
from kiosk.card.pace import DYNAMIC, SYSTEM, Chance
from kiosk.card.public_keys import AgreementKey, parse_agreement_key
from kiosk.card.secure_messaging import SecureChannel, SecureSession
from kiosk.card.security_infos import ChipAuthenticationInfo, SecurityInfos
from kiosk.card.symmetric import Suite, session_cipher


@dataclass(frozen=True, slots=True)
class ChipAuthentication:
    """One protocol with the key it uses."""

    info: ChipAuthenticationInfo
    key: AgreementKey


def choose(infos: SecurityInfos) -> ChipAuthentication | None:
    """The strongest protocol the chip offers with a key that is understood; None when it offers none.

    A key without any ChipAuthenticationInfo means 3DES, as the first edition of the standard had it.

    Raises:
        UnsupportedAlgorithmError: when it offers some, but none that this reader can do.
    """
    if not infos.public_keys:
        return None
    order = (Suite.TRIPLE_DES, Suite.AES_128, Suite.AES_192, Suite.AES_256)
    offered = sorted(infos.chip_authentication, key=lambda info: order.index(info.suite), reverse=True)
    for info in offered:
        for public in infos.public_keys:
            if info.key_id == public.key_id:
                return ChipAuthentication(info, parse_agreement_key(public.spki))
    if offered:
        raise UnsupportedAlgorithmError("chip authentication key")
    public = infos.public_keys[0]
    legacy = ChipAuthenticationInfo(
        oid=f"{oids.CHIP_AUTHENTICATION}.2.1",
        elliptic=True,
        suite=Suite.TRIPLE_DES,
        version=1,
        key_id=public.key_id,
    )
    return ChipAuthentication(legacy, parse_agreement_key(public.spki))


def run_chip_authentication(
    channel: SecureChannel, chosen: ChipAuthentication, *, chance: Chance = SYSTEM
) -> SecureChannel:
    """Agree on new keys with the chip's static key and give the channel that uses them.

    Raises:
        ProtocolError: when the chip refuses.
    """
    info, group = chosen.info, chosen.key.group
    private = chance.private(group.order)
    public = group.encode(group.public(private))
    if info.suite is Suite.TRIPLE_DES:
        data = tlv.encode(0x91, public) + _key_reference(info)
        channel.send(Command(0x00, 0x22, 0x41, 0xA6, data)).require_ok("chip authentication")
    else:
        choice = tlv.encode(0x80, oids.encode(info.oid)) + _key_reference(info)
        channel.send(Command(0x00, 0x22, 0x41, 0xA4, choice)).require_ok("chip authentication select")
        request = tlv.encode(DYNAMIC, tlv.encode(0x80, public))
        answer = channel.send(Command(0x00, 0x86, 0, 0, request, 256)).require_ok("chip authentication")
        if not answer.data.startswith(bytes((DYNAMIC,))):
            raise ProtocolError("chip authentication answer")
    secret = group.secret(group.agree(private, chosen.key.element))
    return SecureChannel(channel.plain, SecureSession(session_cipher(secret, info.suite)))


def _key_reference(info: ChipAuthenticationInfo) -> bytes:
    if info.key_id is None:
        return b""
    return tlv.encode(0x84, info.key_id.to_bytes((info.key_id.bit_length() + 7) // 8 or 1, "big"))
