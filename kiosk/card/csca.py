"""The school's store of issuers (CSCA certificates), in a folder of ordinary files.

Whoever puts a certificate there trusts it. The store reads `.cer .crt .der .pem` and revocation lists in
`.crl`; it imports master lists. It fetches nothing: the authority hands its certificate to the school.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

from asn1crypto import core, crl, pem, x509

from kiosk.card import signatures
from kiosk.card.cms import open_signed
from kiosk.card.errors import CardError, CertificateImportError
from kiosk.card.values import Reason

CSCA_MASTER_LIST = "2.23.136.1.1.2"
CERTIFICATE_SUFFIXES = frozenset((".cer", ".crt", ".der", ".pem"))
CRL_SUFFIX = ".crl"
_MAX_FILE = 1 << 22
_BROKEN = (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError)


class _Certificates(core.SetOf):
    _child_spec = x509.Certificate


class _MasterList(core.Sequence):
    _fields: ClassVar[list[tuple[Any, ...]]] = [("version", core.Integer), ("certificates", _Certificates)]


@dataclass(frozen=True, slots=True, repr=False)
class RevocationList:
    """A revocation list that an issuer of the store signed."""

    issuer: bytes
    serials: frozenset[int]
    until: datetime | None


@dataclass(frozen=True, slots=True, repr=False)
class CscaStore:
    """The issuers that the school trusts, with their revocation lists (kho chứng thư CSCA)."""

    issuers: tuple[x509.Certificate, ...] = ()
    revocations: tuple[RevocationList, ...] = ()

    @classmethod
    def of(cls, *certificates: bytes, crls: tuple[bytes, ...] = ()) -> CscaStore:
        """A store of certificates and revocation lists given as DER or PEM.

        Raises:
            CertificateImportError: when one is no CA certificate, or a list is signed by no issuer of the
            store.
        """
        issuers = tuple(parse_issuer(data) for data in certificates)
        return cls(issuers, tuple(_parse_crl(data, issuers) for data in crls))

    @classmethod
    def load(cls, folder: Path) -> CscaStore:
        """Read a folder; a missing one is an empty store.

        Raises:
            CertificateImportError: naming the file that cannot be used.
        """
        try:
            files = sorted(path for path in folder.iterdir() if path.is_file()) if folder.is_dir() else []
        except OSError as error:
            raise CertificateImportError(folder.name) from error
        certificates = [_read(path) for path in files if path.suffix.lower() in CERTIFICATE_SUFFIXES]
        crls = tuple(_read(path) for path in files if path.suffix.lower() == CRL_SUFFIX)
        return cls.of(*certificates, crls=crls)

    def judge_signer(self, signer: x509.Certificate, at: datetime) -> tuple[Reason, ...]:
        """What the store knows about a document signer at an instant."""
        try:
            _touch(signer)
        except _BROKEN:
            return (Reason.SIGNER_NOT_FROM_ISSUER,)
        candidates = [issuer for issuer in self.issuers if _may_have_issued(issuer, signer)]
        if not candidates:
            return (Reason.ISSUER_UNKNOWN,)
        try:
            issuer = next((one for one in candidates if certificate_signed_by(signer, one)), None)
        except CardError:
            # An issuer's certificate that cannot be computed with accuses no card.
            return (Reason.ISSUER_UNKNOWN, Reason.ALGORITHM_UNSUPPORTED)
        if issuer is None:
            return (Reason.SIGNER_NOT_FROM_ISSUER,)
        reasons = [Reason.ISSUER_TRUSTED]
        if not _signs_documents(signer):
            reasons.append(Reason.SIGNER_NOT_FOR_DOCUMENTS)
        if not _in_time(signer, at):
            reasons.append(Reason.SIGNER_EXPIRED)
        if not _in_time(issuer, at):
            reasons.append(Reason.ISSUER_EXPIRED)
        return (*reasons, *self._revocation(signer, issuer, at))

    def _revocation(
        self, signer: x509.Certificate, issuer: x509.Certificate, at: datetime
    ) -> tuple[Reason, ...]:
        lists = [one for one in self.revocations if one.issuer == issuer.subject.dump()]
        if any(signer.serial_number in one.serials for one in lists):
            return (Reason.SIGNER_REVOKED,)
        if any(one.until is not None and one.until >= at for one in lists):
            return ()
        return (Reason.REVOCATION_NOT_CHECKED,)


def _may_have_issued(issuer: x509.Certificate, signer: x509.Certificate) -> bool:
    """Same name, and same key where both certificates name the key."""
    if issuer.subject.dump() != signer.issuer.dump():
        return False
    wanted, own = signer.authority_key_identifier, issuer.key_identifier
    return wanted is None or own is None or wanted == own


def _signs_documents(signer: x509.Certificate) -> bool:
    """Not a certificate of the same issuer for master lists, for bar codes or for lines (ICAO 9303-12, 7.1)."""
    usage = signer.key_usage_value
    may_sign = usage is None or "digital_signature" in usage.native
    return bool(may_sign and not signer.ca and signer.extended_key_usage_value is None)


def _in_time(certificate: x509.Certificate, at: datetime) -> bool:
    return bool(certificate.not_valid_before <= at <= certificate.not_valid_after)


def certificate_signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the issuer's key signed a certificate, with the algorithm that the signed part names too."""
    inner = certificate["tbs_certificate"]
    if inner["signature"].dump() != certificate["signature_algorithm"].dump():
        return False
    signature = certificate["signature_value"]
    return signatures.verify(
        issuer.public_key.dump(), certificate["signature_algorithm"], signature.native, inner.dump()
    )


def parse_issuer(data: bytes) -> x509.Certificate:
    """Read a CA certificate, DER or PEM.

    Raises:
        CertificateImportError: when it is none.
    """
    try:
        certificate = x509.Certificate.load(_unarmoured(data), strict=True)
        is_authority = certificate.ca
        _touch(certificate)
    except _BROKEN as error:
        raise CertificateImportError("certificate") from error
    if not is_authority:
        raise CertificateImportError("not an authority's certificate")
    return certificate


def _touch(certificate: x509.Certificate) -> None:
    """asn1crypto reads lazily: make it read all that a judgement needs, here where errors are expected."""
    _ = certificate.subject.dump(), certificate.serial_number, certificate.key_identifier
    _ = certificate.not_valid_before, certificate.not_valid_after, certificate.public_key.dump()
    _ = certificate.authority_key_identifier, certificate.ca, certificate.issuer.dump()
    _ = certificate.key_usage_value, certificate.extended_key_usage_value


def _unarmoured(data: bytes) -> bytes:
    if len(data) > _MAX_FILE:
        raise ValueError("size")
    return bytes(pem.unarmor(data)[2]) if pem.detect(data) else data


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MAX_FILE:
            raise CertificateImportError(path.name)
        return path.read_bytes()
    except OSError as error:
        raise CertificateImportError(path.name) from error


def _parse_crl(data: bytes, issuers: tuple[x509.Certificate, ...]) -> RevocationList:
    try:
        listed = crl.CertificateList.load(_unarmoured(data), strict=True)
        inner = listed["tbs_cert_list"]
        name = inner["issuer"].dump()
        signers = [one for one in issuers if one.subject.dump() == name]
        trusted = any(_signed_list(listed, one) for one in signers)
        entries = inner["revoked_certificates"]
        serials = frozenset(int(entry["user_certificate"]) for entry in entries) if entries else frozenset()
        found = RevocationList(name, serials, inner["next_update"].native)
    except (CardError, *_BROKEN) as error:
        raise CertificateImportError("revocation list") from error
    if not trusted:
        raise CertificateImportError("revocation list of no trusted issuer")
    return found


def _signed_list(listed: Any, issuer: x509.Certificate) -> bool:
    inner = listed["tbs_cert_list"]
    return signatures.verify(
        issuer.public_key.dump(), listed["signature_algorithm"], listed["signature"].native, inner.dump()
    )


def certificates_of_master_list(data: bytes) -> tuple[bytes, ...]:
    """The CSCA certificates (DER) in a signed master list (ICAO 9303-12, 9).

    The list's own signature must hold; whether its publisher is to be trusted is for the person who imports
    it.

    Raises:
        CertificateImportError: when it is no master list, or its signature is wrong.
    """
    try:
        signed = open_signed(data, CSCA_MASTER_LIST)
        content = _MasterList.load(signed.content, strict=True)
        certificates = tuple(certificate.dump() for certificate in content["certificates"])
    except (CardError, *_BROKEN) as error:
        raise CertificateImportError("master list") from error
    if not signed.valid:
        raise CertificateImportError("master list signature")
    return certificates


def import_master_list(data: bytes, folder: Path, *, country: str = "VN") -> tuple[Path, ...]:
    """Put the certificates of one country from a master list into a store's folder; gives the files written.

    Raises:
        CertificateImportError: when the list cannot be used.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return tuple(_write(folder, der) for der in _of_country(certificates_of_master_list(data), country))


def _of_country(certificates: tuple[bytes, ...], country: str) -> Iterator[bytes]:
    for der in certificates:
        name = parse_issuer(der).subject.native.get("country_name", "")
        if str(name).upper() == country.upper():
            yield der


def _write(folder: Path, der: bytes) -> Path:
    path = folder / f"csca-{hashlib.sha256(der).hexdigest()[:16]}.cer"
    path.write_bytes(der)
    return path
