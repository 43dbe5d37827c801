"""Signatures as certificates and CMS name them, checked with `cryptography`: RSA, RSA-PSS, ECDSA.

Keys on curves that are written out are rewritten by name first (`kiosk.card.public_keys`). A wrong signature
is False; an algorithm that is not known raises, because not knowing proves nothing.
"""

from __future__ import annotations

from typing import Any

from asn1crypto import algos
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kiosk.card.errors import MalformedDataError, UnsupportedAlgorithmError
from kiosk.card.public_keys import with_named_curve

HASHES: dict[str, type[hashes.HashAlgorithm]] = {
    "sha1": hashes.SHA1,
    "sha224": hashes.SHA224,
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_MAX_RSA_BITS = 8192
_PLAIN_RSA, _PSS, _PLAIN_EC = "rsassa_pkcs1v15", "rsassa_pss", "ec"


def hash_named(name: str) -> hashes.HashAlgorithm:
    """The hash of a name as asn1crypto writes it.

    Raises:
        UnsupportedAlgorithmError: when it is none of SHA-1 and the SHA-2 family.
    """
    if name not in HASHES:
        raise UnsupportedAlgorithmError(f"hash {name}")
    return HASHES[name]()


def load_key(spki: bytes) -> Any:
    """The public key in a SubjectPublicKeyInfo.

    Raises:
        MalformedDataError: when it is broken.
        UnsupportedAlgorithmError: when its kind or curve is unknown.
    """
    try:
        return load_der_public_key(with_named_curve(spki))
    except (ValueError, TypeError) as error:
        raise MalformedDataError("public key") from error
    except UnsupportedAlgorithm as error:
        raise UnsupportedAlgorithmError("public key") from error


def verify(
    spki: bytes,
    algorithm: algos.SignedDigestAlgorithm,
    signature: bytes,
    data: bytes,
    *,
    digest: str | None = None,
) -> bool:
    """Whether a signature over data holds.

    `digest` is the digest algorithm that CMS names beside the signature algorithm; where both name one they
    must agree.
    """
    key = load_key(spki)
    chosen = hash_named(_hash_name(algorithm, digest))
    try:
        if isinstance(key, RSAPublicKey):
            if key.key_size > _MAX_RSA_BITS:
                raise UnsupportedAlgorithmError("rsa key size")
            key.verify(signature, data, _padding(algorithm, chosen), chosen)
        elif isinstance(key, ec.EllipticCurvePublicKey) and _is_ecdsa(algorithm):
            key.verify(signature, data, ec.ECDSA(chosen))
        else:
            raise UnsupportedAlgorithmError("signature key")
    except InvalidSignature:
        return False
    except UnsupportedAlgorithm as error:
        raise UnsupportedAlgorithmError("signature") from error
    return True


def _is_ecdsa(algorithm: algos.SignedDigestAlgorithm) -> bool:
    name = str(algorithm["algorithm"].native)
    return name.endswith("ecdsa") or name == _PLAIN_EC


def _hash_name(algorithm: algos.SignedDigestAlgorithm, digest: str | None) -> str:
    name = str(algorithm["algorithm"].native)
    if name == _PSS:
        own = str(algorithm["parameters"]["hash_algorithm"]["algorithm"].native)
    elif name in {_PLAIN_RSA, _PLAIN_EC} and digest is not None:
        own = digest
    elif name.endswith(("_rsa", "_ecdsa")):
        own = name.rsplit("_", 1)[0]
    else:
        raise UnsupportedAlgorithmError(f"signature {name}")
    if digest is not None and own != digest:
        raise UnsupportedAlgorithmError("two digest algorithms")
    return own


def _padding(algorithm: algos.SignedDigestAlgorithm, chosen: hashes.HashAlgorithm) -> Any:
    name = str(algorithm["algorithm"].native)
    if name != _PSS:
        if not name.endswith("_rsa") and name != _PLAIN_RSA:
            raise MalformedDataError("signature algorithm of another key")
        return padding.PKCS1v15()
    parameters = algorithm["parameters"]
    generator = parameters["mask_gen_algorithm"]
    if str(generator["algorithm"].native) != "mgf1" or int(parameters["trailer_field"]) != 1:
        raise UnsupportedAlgorithmError("pss parameters")
    inner = hash_named(str(generator["parameters"]["algorithm"].native))
    salt = int(parameters["salt_length"])
    if not 0 <= salt <= 4 * chosen.digest_size:
        raise MalformedDataError("pss salt")
    return padding.PSS(padding.MGF1(inner), salt)
