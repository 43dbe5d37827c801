"""Passive authentication (ICAO 9303-11, 5.1): are the files as signed, and is the signer one we trust.

Gives reasons, not a verdict: each is one thing that was found out. `kiosk.card.verdict` weighs them together
with the proofs against copying. An untrusted issuer is not an error: offline, no school has the CSCA unless
it was given it.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from asn1crypto import core
from asn1crypto.algos import DigestAlgorithm

from kiosk.card import tlv
from kiosk.card.cms import SignedObject, open_signed
from kiosk.card.csca import CscaStore
from kiosk.card.errors import CardError, MalformedDataError, UnsupportedAlgorithmError
from kiosk.card.files import File
from kiosk.card.signatures import HASHES
from kiosk.card.values import Reason

LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
_MAX_GROUP = 16
_PORTRAIT = 2
# Who withholds these hides who it is, or that it is a copy. Details (DG11 to DG13) tell of nothing else, and cards of
# 2024 may keep them for the police; the portrait may be left unread on purpose.
_EXPECTED = frozenset((1, 14, 15))


class _DataGroupHash(core.Sequence):
    _fields: ClassVar[list[tuple[Any, ...]]] = [("number", core.Integer), ("value", core.OctetString)]


class _DataGroupHashes(core.SequenceOf):
    _child_spec = _DataGroupHash


class _VersionInfo(core.Sequence):
    _fields: ClassVar[list[tuple[Any, ...]]] = [
        ("lds", core.PrintableString),
        ("unicode", core.PrintableString),
    ]


class LdsSecurityObject(core.Sequence):
    """The signed content of the security object (ICAO 9303-10, 4.6.2.3)."""

    _fields: ClassVar[list[tuple[Any, ...]]] = [
        ("version", core.Integer),
        ("hash_algorithm", DigestAlgorithm),
        ("hashes", _DataGroupHashes),
        ("version_info", _VersionInfo, {"optional": True}),
    ]


@dataclass(frozen=True, slots=True, repr=False)
class SecurityObject:
    """The security object, read but not yet believed (SOD)."""

    signed: SignedObject
    hash_name: str
    hashes: Mapping[int, bytes]


def parse_security_object(sod: bytes) -> SecurityObject:
    """Read EF.SOD and check its signature against the certificate inside.

    Raises:
        MalformedDataError: when it is broken.
        UnsupportedAlgorithmError: when it uses an algorithm that is not known.
    """
    signed = open_signed(tlv.read_exactly(sod, File.SOD.tag).value, LDS_SECURITY_OBJECT)
    try:
        content = LdsSecurityObject.load(signed.content, strict=True)
        name = str(content["hash_algorithm"]["algorithm"].native)
        pairs = [(int(item["number"]), bytes(item["value"].native)) for item in content["hashes"]]
    except (ValueError, TypeError, KeyError, OverflowError) as error:
        raise MalformedDataError("security object content") from error
    if name not in HASHES:
        raise UnsupportedAlgorithmError(f"hash {name}")
    hashes = dict(pairs)
    if len(hashes) != len(pairs) or not all(1 <= number <= _MAX_GROUP for number in hashes):
        raise MalformedDataError("security object numbers")
    return SecurityObject(signed, name, hashes)


def check_hashes(security: SecurityObject, files: Mapping[int, bytes]) -> tuple[Reason, ...]:
    """Whether every data group that was read is as it was signed, none is added, and none that counts is missing."""
    reasons: list[Reason] = []
    for number, content in files.items():
        signed = security.hashes.get(number)
        if signed is None:
            reasons.append(Reason.UNSIGNED_FILE)
        elif not hmac.compare_digest(hashlib.new(security.hash_name, content).digest(), signed):
            reasons.append(Reason.HASH_MISMATCH)
    if any(number in _EXPECTED and number not in files for number in security.hashes):
        reasons.append(Reason.SIGNED_FILE_MISSING)
    proved = tuple(dict.fromkeys(reasons)) or (Reason.HASHES_MATCH,)
    if _PORTRAIT in security.hashes and _PORTRAIT not in files:
        return (*proved, Reason.PORTRAIT_NOT_READ)
    return proved


def check_signature(security: SecurityObject, store: CscaStore, at: datetime) -> tuple[Reason, ...]:
    """Whether the signer signed it, and what the store says of the signer."""
    if not security.signed.valid:
        return (Reason.SIGNATURE_INVALID,)
    unusual = () if security.signed.bare else (Reason.SECURITY_OBJECT_UNUSUAL,)
    return (Reason.SIGNATURE_VALID, *unusual, *store.judge_signer(security.signed.signer, at))


def authenticate(
    sod: bytes | None, files: Mapping[int, bytes], store: CscaStore, at: datetime
) -> tuple[Reason, ...]:
    """All of passive authentication over the files that were read, keyed by data group number."""
    if sod is None:
        return (Reason.SECURITY_OBJECT_MISSING,)
    try:
        security = parse_security_object(sod)
        return check_hashes(security, files) + check_signature(security, store, at)
    except UnsupportedAlgorithmError:
        return (Reason.ALGORITHM_UNSUPPORTED,)
    except CardError:
        return (Reason.SECURITY_OBJECT_MALFORMED,)
