"""Judges `X-ZEvent-Signature`: plain SHA-256 over app id, raw body, timestamp and the OA's secret key.

The formula is that of Zalo's official Java SDK (certain). Which timestamp is meant is not: integrators saw the
header's and the body's, so either is accepted; both are covered by the hash, so this opens nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class ZaloSecret:
    """What an official account signs its events with (khoá bí mật OA, not the app's)."""

    app_id: str
    oa_secret: str = field(repr=False)

    def mac(self, body: bytes, timestamp: str) -> str:
        """The signature in hex.

        >>> ZaloSecret("1", "s").mac(b"{}", "2") == sha256(b"1{}2s").hexdigest()
        True
        """
        return sha256(self.app_id.encode() + body + timestamp.encode() + self.oa_secret.encode()).hexdigest()

    def accepts(self, given: str, body: bytes, *timestamps: str) -> bool:
        """Whether the header's value, with or without `mac=`, fits one of the timestamps; in constant time."""
        bare = given.strip().removeprefix("mac=").lower().encode()
        fits = [hmac.compare_digest(bare, self.mac(body, one).encode()) for one in timestamps if one]
        return any(fits)
