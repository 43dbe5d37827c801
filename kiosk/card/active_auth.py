"""Active authentication (ICAO 9303-11, 6.1): the chip signs a random challenge with the key of DG15.

RSA by ISO 9796-2 scheme 1 with message recovery, ECDSA in the plain format of BSI TR-03111. Each function
returns whether the signature holds; it raises only where the algorithm is unknown.
"""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import load_der_public_key

from kiosk.card.apdu import SHORT_EXPECTED, Command
from kiosk.card.channel import Channel
from kiosk.card.errors import MalformedDataError, UnsupportedAlgorithmError
from kiosk.card.public_keys import with_named_curve

CHALLENGE_SIZE: Final = 8
_PLAIN_ECDSA: Final[dict[str, type[hashes.HashAlgorithm]]] = {
    "0.4.0.127.0.7.1.1.4.1.1": hashes.SHA1,
    "0.4.0.127.0.7.1.1.4.1.2": hashes.SHA224,
    "0.4.0.127.0.7.1.1.4.1.3": hashes.SHA256,
    "0.4.0.127.0.7.1.1.4.1.4": hashes.SHA384,
    "0.4.0.127.0.7.1.1.4.1.5": hashes.SHA512,
}
# Trailers of ISO 9796-2 with the hash they name; BC alone means SHA-1.
TRAILERS: Final = {0x33: "sha1", 0x34: "sha256", 0x35: "sha512", 0x36: "sha384", 0x38: "sha224"}
_HEADER_PARTIAL, _HEADER_FULL = 0x6A, 0x4A
_MAX_RSA_BITS = 8192


def sign_challenge(channel: Channel, challenge: bytes, *, expected: int = SHORT_EXPECTED) -> bytes:
    """The chip's signature over the challenge (INTERNAL AUTHENTICATE)."""
    command = Command(0x00, 0x88, 0, 0, challenge, expected)
    return channel.send(command).require_ok("internal authenticate").data


def verify_challenge(spki: bytes, challenge: bytes, signature: bytes, algorithm: str | None = None) -> bool:
    """Whether the holder of the private key of this SubjectPublicKeyInfo signed the challenge.

    `algorithm` is the signature algorithm that DG14 names for ECDSA; without it the hash follows the curve's
    size.

    Raises:
        UnsupportedAlgorithmError: when the key or the algorithm is of an unknown kind.
        MalformedDataError: when the key is no key.
    """
    try:
        key = load_der_public_key(with_named_curve(spki))
    except (ValueError, TypeError) as error:
        raise MalformedDataError("active authentication key") from error
    except UnsupportedAlgorithm as error:
        raise UnsupportedAlgorithmError("active authentication key") from error
    if isinstance(key, RSAPublicKey):
        return _verify_rsa(key, challenge, signature)
    if isinstance(key, EllipticCurvePublicKey):
        return _verify_ecdsa(key, challenge, signature, algorithm)
    raise UnsupportedAlgorithmError("active authentication key")


def _verify_rsa(key: RSAPublicKey, challenge: bytes, signature: bytes) -> bool:
    numbers = key.public_numbers()
    size = (numbers.n.bit_length() + 7) // 8
    if numbers.n.bit_length() > _MAX_RSA_BITS or len(signature) != size:
        return False
    opened = pow(int.from_bytes(signature, "big"), numbers.e, numbers.n)
    # ISO 9796-2 lets the signer send n - s; the real representative ends in nibble C.
    candidates = (opened, numbers.n - opened)
    return any(_recovered_matches(value.to_bytes(size, "big"), challenge) for value in candidates)


def _recovered_matches(recovered: bytes, challenge: bytes) -> bool:
    if recovered[-1] == 0xBC:
        name, trailer = "sha1", 1
    elif recovered[-1] == 0xCC and recovered[-2] in TRAILERS:
        name, trailer = TRAILERS[recovered[-2]], 2
    else:
        return False
    digest_size = hashlib.new(name).digest_size
    if recovered[0] not in {_HEADER_PARTIAL, _HEADER_FULL} or len(recovered) < 1 + digest_size + trailer:
        return False
    message, digest = recovered[1 : -digest_size - trailer], recovered[-digest_size - trailer : -trailer]
    if recovered[0] == _HEADER_FULL:
        # Everything would be recoverable, which leaves no room for the challenge.
        return False
    return hashlib.new(name, message + challenge).digest() == digest


def _verify_ecdsa(
    key: EllipticCurvePublicKey, challenge: bytes, signature: bytes, algorithm: str | None
) -> bool:
    if algorithm is not None and algorithm not in _PLAIN_ECDSA:
        raise UnsupportedAlgorithmError(f"active authentication {algorithm}")
    hash_type = _PLAIN_ECDSA[algorithm] if algorithm else hash_for_bits(key.curve.key_size)
    if not signature or len(signature) % 2:
        return False
    half = len(signature) // 2
    pair = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
    try:
        key.verify(encode_dss_signature(*pair), challenge, ECDSA(hash_type()))
    except (InvalidSignature, ValueError):
        return False
    return True


def hash_for_bits(bits: int) -> type[hashes.HashAlgorithm]:
    """The hash that goes with a curve, where the chip names none (BSI TR-03111, 4.1.2)."""
    for limit, hash_type in ((224, hashes.SHA224), (256, hashes.SHA256), (384, hashes.SHA384)):
        if bits <= limit:
            return hash_type
    return hashes.SHA512
