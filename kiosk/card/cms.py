"""Signed objects (CMS SignedData, RFC 5652) as chips and states make them: security objects, master lists.

Reads and checks the signature; whether the signer is to be trusted is for `kiosk.card.csca`. It is stricter
than CMS needs to be: one signer, its certificate inside, no attribute, list or certificate that the signature
does not account for, so that no byte can be changed unnoticed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from asn1crypto import cms, x509

from kiosk.card import signatures
from kiosk.card.errors import MalformedDataError, UnsupportedAlgorithmError

_DIGESTS = frozenset(signatures.HASHES)
_VERSION = "v3"
MAX_SIZE = 1 << 22


@dataclass(frozen=True, slots=True, repr=False)
class SignedObject:
    """The content with the certificate whose key signed it; `valid` says whether that signature holds."""

    content: bytes
    signer: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    valid: bool


def open_signed(data: bytes, content_type: str, *, exact: bool = True) -> SignedObject:
    """Read a signed object and check its signature against the certificate inside.

    `exact` refuses anything besides one signer and its certificate (a master list carries its issuer too).

    Raises:
        MalformedDataError: when it is no signed object of that content type.
        UnsupportedAlgorithmError: when the signature uses an algorithm that is not known.
    """
    if len(data) > MAX_SIZE:
        raise MalformedDataError("signed object size")
    try:
        return _open(data, content_type, exact=exact)
    except (MalformedDataError, UnsupportedAlgorithmError):
        raise
    except (
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        OverflowError,
        RecursionError,
    ) as error:
        # asn1crypto reports broken DER by whatever stumbles over it first.
        raise MalformedDataError("signed object") from error


def _open(data: bytes, content_type: str, *, exact: bool) -> SignedObject:
    info = cms.ContentInfo.load(data, strict=True)
    if info["content_type"].native != "signed_data":
        raise MalformedDataError("not signed data")
    signed = info["content"]
    if exact and info.dump(force=True) != data:
        raise MalformedDataError("not in canonical form")
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].dotted != content_type:
        raise MalformedDataError("content type")
    certificates = _certificates(signed)
    signer_info = _only(signed["signer_infos"], "signers")
    signer = _signer(certificates, signer_info)
    if exact:
        _nothing_besides(signed, signer_info, certificates)
    content = _octets(encapsulated)
    valid = _signature_holds(signer, signer_info, content, content_type)
    return SignedObject(content, signer, certificates, valid)


def _octets(encapsulated: Any) -> bytes:
    field = encapsulated["content"]
    return bytes(field.native) if isinstance(field.native, bytes) else bytes(field.contents)


def _only(items: Any, what: str) -> Any:
    if len(items) != 1:
        raise MalformedDataError(f"number of {what}")
    return items[0]


def _certificates(signed: Any) -> tuple[x509.Certificate, ...]:
    choices = signed["certificates"]
    if not choices:
        raise MalformedDataError("no certificate")
    return tuple(choice.chosen for choice in choices if choice.name == "certificate")


def _signer(certificates: tuple[x509.Certificate, ...], info: Any) -> x509.Certificate:
    sid = info["sid"]
    for certificate in certificates:
        if sid.name == "issuer_and_serial_number":
            named = sid.chosen
            if named["issuer"].dump() == certificate.issuer.dump() and (
                named["serial_number"].native == certificate.serial_number
            ):
                return certificate
        elif certificate.key_identifier == sid.chosen.native:
            return certificate
    raise MalformedDataError("signer's certificate missing")


def _nothing_besides(signed: Any, info: Any, certificates: tuple[x509.Certificate, ...]) -> None:
    digest = _only(signed["digest_algorithms"], "digest algorithms")
    same_digest = digest.dump() == info["digest_algorithm"].dump()
    versions = (signed["version"].native, info["version"].native)
    expected = "v1" if info["sid"].name == "issuer_and_serial_number" else _VERSION
    if not same_digest or versions != (_VERSION, expected):
        raise MalformedDataError("signed object versions")
    if len(certificates) != 1 or len(signed["certificates"]) != 1 or signed["crls"] or info["unsigned_attrs"]:
        raise MalformedDataError("unsigned parts")


def _signature_holds(signer: x509.Certificate, info: Any, content: bytes, content_type: str) -> bool:
    digest = str(info["digest_algorithm"]["algorithm"].native)
    if digest not in _DIGESTS:
        raise UnsupportedAlgorithmError(f"digest {digest}")
    covered = content
    attributes = info["signed_attrs"]
    if attributes:
        values = _attributes(attributes)
        if values.get("content_type") != content_type:
            raise MalformedDataError("signed content type")
        if values.get("message_digest") != hashlib.new(digest, content).digest():
            return False
        # Signed as a SET, sent as [0] (RFC 5652, 5.4).
        covered = b"\x31" + attributes.dump()[1:]
    spki = signer.public_key.dump()
    return signatures.verify(
        spki, info["signature_algorithm"], info["signature"].native, covered, digest=digest
    )


def _attributes(attributes: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for attribute in attributes:
        name = str(attribute["type"].native)
        if name in found:
            raise MalformedDataError("signed attribute twice")
        if name in {"content_type", "message_digest"}:
            value = _only(attribute["values"], "attribute values")
            found[name] = value.dotted if name == "content_type" else value.native
    return found
