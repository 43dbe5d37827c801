"""Opening a chip: which protocol with which key, in which order.

PACE with the access number needs no date and comes first, then PACE with MRZ keys, then BAC with at most
three. Every wrong guess costs the person time at the reader, and a chip may slow down after several, so the
list is short.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.card.bac import run_bac
from kiosk.card.channel import PlainChannel
from kiosk.card.errors import (
    AccessDeniedError,
    AccessUnsupportedError,
    CardError,
    CardRemovedError,
    LimitExceededError,
    MalformedDataError,
    MissingFileError,
    StatusError,
    TransportError,
)
from kiosk.card.files import ChunkSize, File, read_file, select_application
from kiosk.card.keys import MAX_MRZ_KEYS, AccessKey, Can, MrzKey
from kiosk.card.pace import SYSTEM, Chance, ChipProof, run_pace
from kiosk.card.secure_messaging import SecureChannel
from kiosk.card.security_infos import Mapping, PaceInfo, SecurityInfos, parse
from kiosk.card.values import AccessMethod

_STRENGTH = ("TRIPLE_DES", "AES_128", "AES_192", "AES_256")


@dataclass(frozen=True, slots=True)
class Opened:
    """An open chip with the ICAO application selected."""

    channel: SecureChannel
    method: AccessMethod
    card_access: SecurityInfos | None
    proof: ChipProof | None = None
    card_security: bytes | None = None


def open_chip(plain: PlainChannel, keys: Sequence[AccessKey], *, chance: Chance = SYSTEM) -> Opened:
    """Open the chip with the first key that fits.

    Raises:
        AccessDeniedError: when no key fits.
        AccessUnsupportedError: when chip and keys have no protocol in common.
        NotATravelDocumentError: when the card has no ICAO application.
    """
    infos = read_card_access(plain)
    info = choose_pace(infos) if infos else None
    tried = False
    if infos and info:
        tried = True
        opened = _try_pace(plain, infos, info, keys, chance)
        if opened is not None:
            return opened
    select_application(plain)
    for key in _mrz_keys(keys):
        tried = True
        try:
            return Opened(run_bac(plain, key), AccessMethod.BAC, infos)
        except (AccessDeniedError, StatusError):
            continue
    if not tried:
        raise AccessUnsupportedError
    raise AccessDeniedError


def _mrz_keys(keys: Sequence[AccessKey]) -> list[MrzKey]:
    return [key for key in keys if isinstance(key, MrzKey)][:MAX_MRZ_KEYS]


def read_card_access(plain: PlainChannel) -> SecurityInfos | None:
    """EF.CardAccess, selected directly: these cards refuse to select the master file."""
    try:
        return parse(read_file(plain, File.CARD_ACCESS, ChunkSize()))
    except (CardRemovedError, TransportError, LimitExceededError):
        raise
    except CardError:
        return None


def choose_pace(infos: SecurityInfos) -> PaceInfo | None:
    """The best PACE the chip offers: chip-authentication mapping first, then the longest key."""
    usable = [info for info in infos.pace if info.parameters is not None]
    return max(
        usable,
        key=lambda info: (info.mapping is Mapping.CHIP_AUTHENTICATION, _STRENGTH.index(info.suite.name)),
        default=None,
    )


def _card_security(channel: SecureChannel) -> bytes | None:
    """The signed file with the key that chip-authentication mapping is checked with."""
    try:
        return read_file(channel, File.CARD_SECURITY, ChunkSize())
    except (MissingFileError, MalformedDataError):
        return None


def _try_pace(
    plain: PlainChannel, infos: SecurityInfos, info: PaceInfo, keys: Sequence[AccessKey], chance: Chance
) -> Opened | None:
    several = sum(other.oid == info.oid for other in infos.pace) > 1
    ordered: list[AccessKey] = [*(key for key in keys if isinstance(key, Can)), *_mrz_keys(keys)]
    for key in ordered:
        try:
            result = run_pace(plain, info, key, several=several, chance=chance)
        except (AccessDeniedError, StatusError):
            continue
        security = _card_security(result.channel) if result.proof else None
        select_application(result.channel)
        method = AccessMethod.PACE_CAN if isinstance(key, Can) else AccessMethod.PACE_MRZ
        return Opened(result.channel, method, infos, result.proof, security)
    return None
