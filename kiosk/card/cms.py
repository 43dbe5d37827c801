"""Signed objects (CMS SignedData, RFC 5652) as chips and states make them: security objects, master lists.

Reads and checks the signature; whether the signer is to be trusted is for `kiosk.card.csca`. One signer, its
certificate inside. What the signature does not account for (another encoding than DER, further certificates, lists
or attributes) is told as `bare` False and refused nowhere: states make such objects, and an oddity is no forgery.
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
    """The content with the certificate whose key signed it; `valid` says whether that signature holds.

    `bare` says that it is in canonical form with nothing besides: no byte of it could be another.
    """

    content: bytes
    signer: x509.Certificate
    certificates: tuple[x509.Certificate, ...]
    valid: bool
    bare: bool


def open_signed(data: bytes, content_type: str) -> SignedObject:
    """Read a signed object and check its signature against the certificate inside.

    Raises:
        MalformedDataError: when it is no signed object of that content type.
        UnsupportedAlgorithmError: when the signature uses an algorithm that is not known.
    """
    if len(data) > MAX_SIZE:
        raise MalformedDataError("signed object size")
    try:
        return _open(data, content_type)
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


def _open(data: bytes, content_type: str) -> SignedObject:
    info = cms.ContentInfo.load(data, strict=True)
    if info["content_type"].native != "signed_data":
        raise MalformedDataError("not signed data")
    signed = info["content"]
    encapsulated = signed["encap_content_info"]
    if encapsulated["content_type"].dotted != content_type:
        raise MalformedDataError("content type")
    certificates = _certificates(signed)
    signer_info = _only(signed["signer_infos"], "signers")
    signer = _signer(certificates, signer_info)
    content = _octets(encapsulated)
    valid = _signature_holds(signer, signer_info, content, content_type)
    # Written anew from a second reading: doing so changes what was read.
    canonical = cms.ContentInfo.load(data, strict=True).dump(force=True) == data
    bare = canonical and _nothing_besides(signed, signer_info, certificates)
    return SignedObject(content, signer, certificates, valid, bare)


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


def _nothing_besides(signed: Any, info: Any, certificates: tuple[x509.Certificate, ...]) -> bool:
    digests = [digest.dump() for digest in signed["digest_algorithms"]]
    versions = (signed["version"].native, info["version"].native)
    expected = "v1" if info["sid"].name == "issuer_and_serial_number" else _VERSION
    as_written = digests == [info["digest_algorithm"].dump()] and versions == (_VERSION, expected)
    alone = len(certificates) == len(signed["certificates"]) == 1
    return as_written and alone and not signed["crls"] and not info["unsigned_attrs"]


def _signature_holds(signer: x509.Certificate, info: Any, content: bytes, content_type: str) -> bool:
    digest = str(info["digest_algorithm"]["algorithm"].native)
    if digest not in _DIGESTS:
        raise UnsupportedAlgorithmError(f"digest {digest}")
    covered = [content]
    attributes = info["signed_attrs"]
    if attributes:
        values = _attributes(attributes)
        if values.get("content_type") != content_type:
            raise MalformedDataError("signed content type")
        if values.get("message_digest") != hashlib.new(digest, content).digest():
            return False
        # Signed as a SET in DER, sent as [0], by some in another order or length form (RFC 5652, 5.4).
        sent = b"\x31" + attributes.dump()[1:]
        covered = list(dict.fromkeys((sent, b"\x31" + attributes.dump(force=True)[1:])))
    key, algorithm, signature = (
        signer.public_key.dump(),
        info["signature_algorithm"],
        info["signature"].native,
    )
    return any(signatures.verify(key, algorithm, signature, one, digest=digest) for one in covered)


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
