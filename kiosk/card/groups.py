"""The groups that PACE and chip authentication compute in: what they need of one, and the prime fields.

Own arithmetic, because a mapped generator is foreign to every library: `cryptography` knows standard generators
only. It is not constant in time; the secrets it touches live for one tap of a card, and the reader shares its
machine with nobody. Validity of every foreign element is checked. Curves are `kiosk.card.curves`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from kiosk.card.errors import ProtocolError

_E = TypeVar("_E")


class Group(Protocol[_E]):
    """What the protocols need of a group with a generator."""

    @property
    def order(self) -> int:
        """The order of the generator."""
        ...

    @property
    def public_key_tag(self) -> int:
        """The tag of a public key in the data of a token (ICAO 9303-11, 9.4.4)."""
        ...

    @property
    def field_prime(self) -> int:
        """The prime of the field."""
        ...

    def public(self, private: int) -> _E:
        """The generator taken `private` times."""
        ...

    def agree(self, private: int, other: _E) -> _E:
        """The other's element taken `private` times."""
        ...

    def encode(self, element: _E) -> bytes:
        """The bytes of a public key."""
        ...

    def decode(self, raw: bytes) -> _E:
        """The element in the bytes of a public key, checked to lie in the group."""
        ...

    def secret(self, element: _E) -> bytes:
        """The bytes of an agreement that keys are derived from."""
        ...

    def mapped_generic(self, nonce: int, shared: _E) -> Group[_E]:
        """The group with the generator of the generic mapping (ICAO 9303-11, 4.4.3.3.1)."""
        ...

    def mapped_integrated(self, value: int) -> Group[_E]:
        """The group with the generator of the integrated mapping (ICAO 9303-11, 4.4.3.3.2)."""
        ...


@dataclass(frozen=True, slots=True)
class DhGroup:
    """A subgroup of order q in the integers modulo a prime."""

    p: int
    g: int
    q: int

    @property
    def order(self) -> int:
        """The order of the generator."""
        return self.q

    @property
    def public_key_tag(self) -> int:
        """Tag 84."""
        return 0x84

    @property
    def field_prime(self) -> int:
        """The prime itself."""
        return self.p

    @property
    def _width(self) -> int:
        return (self.p.bit_length() + 7) // 8

    def public(self, private: int) -> int:
        """The public value of a private exponent."""
        return pow(self.g, private, self.p)

    def agree(self, private: int, other: int) -> int:
        """The other's value to the private exponent."""
        return pow(other, private, self.p)

    def encode(self, element: int) -> bytes:
        """An unsigned integer without leading zeros (TR-03110-3, D.2.1.1), as on the wire and under the token."""
        return element.to_bytes((element.bit_length() + 7) // 8, "big")

    def decode(self, raw: bytes) -> int:
        """Read a public value.

        Raises:
            ProtocolError: when it is not in the subgroup.
        """
        element = int.from_bytes(raw, "big")
        if len(raw) > self._width or not 1 < element < self.p - 1 or pow(element, self.q, self.p) != 1:
            raise ProtocolError("public value outside the group")
        return element

    def secret(self, element: int) -> bytes:
        """The agreed value, as long as the prime (PKCS#3; RFC 2631, 2.1.2)."""
        return element.to_bytes(self._width, "big")

    def mapped_generic(self, nonce: int, shared: int) -> DhGroup:
        """generator^nonce x shared."""
        return self._with(pow(self.g, nonce, self.p) * shared % self.p)

    def mapped_integrated(self, value: int) -> DhGroup:
        """value^((p-1)/q)."""
        return self._with(pow(value, (self.p - 1) // self.q, self.p))

    def _with(self, generator: int) -> DhGroup:
        if generator <= 1:
            raise ProtocolError("mapped generator is trivial")
        return replace(self, g=generator)
