"""The chip's signature for active authentication: ISO 9796-2 with RSA, plain ECDSA on a curve."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kiosk.card.active_auth import hash_for_bits


def sign_challenge(key: Any, challenge: bytes) -> bytes:
    """Sign a challenge of eight bytes as a chip does."""
    if isinstance(key, RSAPrivateKey):
        return _rsa(key, challenge)
    hash_type = hash_for_bits(key.curve.key_size)
    first, second = decode_dss_signature(key.sign(challenge, ec.ECDSA(hash_type())))
    width = (key.curve.key_size + 7) // 8
    return first.to_bytes(width, "big") + second.to_bytes(width, "big")


def _rsa(key: RSAPrivateKey, challenge: bytes) -> bytes:
    """ISO 9796-2 scheme 1 with SHA-256: 6A, random, hash of both, trailer 34CC."""
    numbers = key.private_numbers()
    modulus = numbers.public_numbers.n
    size = (modulus.bit_length() + 7) // 8
    filler = secrets.token_bytes(size - 32 - 3)
    digest = hashlib.sha256(filler + challenge).digest()
    representative = int.from_bytes(b"\x6a" + filler + digest + b"\x34\xcc", "big")
    return pow(representative, numbers.d, modulus).to_bytes(size, "big")
