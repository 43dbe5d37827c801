"""A state of our own making: a CSCA and a document signer whose keys exist for one run of the program.

Signs security objects for emulated cards. Nothing that it signs is worth anything outside the store it gives.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from asn1crypto import algos, cms
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from kiosk.card import tlv
from kiosk.card.csca import CscaStore
from kiosk.card.files import File
from kiosk.card.passive_auth import LDS_SECURITY_OBJECT, LdsSecurityObject

_FROM, _UNTIL = datetime(2020, 1, 1, tzinfo=UTC), datetime(2045, 1, 1, tzinfo=UTC)
_SALT = 32


class Signing(Enum):
    """What the issuer signs with."""

    ECDSA = "ecdsa"
    RSA = "rsa"
    RSA_PSS = "rsa_pss"


@dataclass(frozen=True, slots=True, repr=False)
class TestIssuer:
    """The issuer of emulated cards (cơ quan cấp thẻ giả lập)."""

    __test__ = False

    csca: bytes
    signer: bytes
    signer_key: Any
    csca_key: Any
    signing: Signing = Signing.ECDSA

    @classmethod
    def create(cls, signing: Signing = Signing.ECDSA, *, name: str = "CSCA Test") -> TestIssuer:
        """Make both keys and both certificates."""
        csca_key, signer_key = _new_key(signing), _new_key(signing)
        subject = _name(name)
        csca = _certificate(subject, subject, csca_key, csca_key, authority=True, signing=signing)
        signer = _certificate(
            subject, _name("DS Test"), csca_key, signer_key, authority=False, signing=signing
        )
        return cls(csca, signer, signer_key, csca_key, signing)

    def store(self) -> CscaStore:
        """A store that trusts this issuer."""
        return CscaStore.of(self.csca)

    def crl(self, *, revoke_signer: bool, until: datetime = _UNTIL) -> bytes:
        """A revocation list, with the signer on it or empty."""
        issuer = x509.load_der_x509_certificate(self.csca).subject
        builder = (
            x509.CertificateRevocationListBuilder().issuer_name(issuer).last_update(_FROM).next_update(until)
        )
        if revoke_signer:
            serial = x509.load_der_x509_certificate(self.signer).serial_number
            entry = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(_FROM).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.csca_key, hashes.SHA256()).public_bytes(Encoding.DER)

    def security_object(self, files: Mapping[int, bytes]) -> bytes:
        """EF.SOD over data groups by number."""
        content = LdsSecurityObject(
            {
                "version": 0,
                "hash_algorithm": {"algorithm": "sha256"},
                "hashes": [
                    {"number": number, "value": hashlib.sha256(data).digest()}
                    for number, data in sorted(files.items())
                ],
            }
        ).dump()
        return tlv.encode(File.SOD.tag, self.sign(content, LDS_SECURITY_OBJECT))

    def sign(self, content: bytes, content_type: str) -> bytes:
        """A signed object (CMS SignedData) around content."""
        certificate = asn1_x509.Certificate.load(self.signer)
        attributes = cms.CMSAttributes(
            [
                {"type": "content_type", "values": [content_type]},
                {"type": "message_digest", "values": [hashlib.sha256(content).digest()]},
            ]
        )
        signed = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [{"algorithm": "sha256"}],
                "encap_content_info": {"content_type": content_type, "content": content},
                "certificates": [certificate],
                "signer_infos": [self._signer_info(certificate, attributes)],
            }
        )
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())

    def _signer_info(
        self, certificate: asn1_x509.Certificate, attributes: cms.CMSAttributes
    ) -> cms.SignerInfo:
        identifier = {"issuer": certificate.issuer, "serial_number": certificate.serial_number}
        return cms.SignerInfo(
            {
                "version": "v1",
                "sid": cms.SignerIdentifier({"issuer_and_serial_number": identifier}),
                "digest_algorithm": {"algorithm": "sha256"},
                "signed_attrs": attributes,
                "signature_algorithm": _algorithm(self.signing),
                "signature": _sign(self.signer_key, attributes.dump(), self.signing),
            }
        )


def _new_key(signing: Signing) -> Any:
    if signing is Signing.ECDSA:
        return ec.generate_private_key(ec.BrainpoolP256R1())
    return rsa.generate_private_key(65537, 2048)


def _name(common: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), x509.NameAttribute(NameOID.COMMON_NAME, common)]
    )


def _certificate(
    issuer: x509.Name, subject: x509.Name, issuer_key: Any, key: Any, *, authority: bool, signing: Signing
) -> bytes:
    own, parent = key.public_key(), issuer_key.public_key()
    builder = (
        x509.CertificateBuilder()
        .issuer_name(issuer)
        .subject_name(subject)
        .public_key(own)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_FROM)
        .not_valid_after(_UNTIL)
        .add_extension(
            x509.BasicConstraints(ca=authority, path_length=0 if authority else None), critical=True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(parent), critical=False)
    )
    scheme = padding.PSS(padding.MGF1(hashes.SHA256()), _SALT) if signing is Signing.RSA_PSS else None
    return builder.sign(issuer_key, hashes.SHA256(), rsa_padding=scheme).public_bytes(Encoding.DER)


def _algorithm(signing: Signing) -> Any:
    if signing is Signing.ECDSA:
        return algos.SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"})
    if signing is Signing.RSA:
        return algos.SignedDigestAlgorithm({"algorithm": "sha256_rsa"})
    inner = {"algorithm": "sha256"}
    parameters = algos.RSASSAPSSParams(
        {
            "hash_algorithm": inner,
            "mask_gen_algorithm": {"algorithm": "mgf1", "parameters": inner},
            "salt_length": _SALT,
        }
    )
    return algos.SignedDigestAlgorithm({"algorithm": "rsassa_pss", "parameters": parameters})


def _sign(key: Any, data: bytes, signing: Signing) -> bytes:
    if signing is Signing.ECDSA:
        return bytes(key.sign(data, ec.ECDSA(hashes.SHA256())))
    scheme: Any = padding.PKCS1v15()
    if signing is Signing.RSA_PSS:
        scheme = padding.PSS(padding.MGF1(hashes.SHA256()), _SALT)
    return bytes(key.sign(data, scheme, hashes.SHA256()))
