"""Elliptic curves with any generator, for PACE and chip authentication; `kiosk.card.groups` says why own arithmetic.

`cryptography` gives the x coordinate of an agreement only, and a mapped generator is foreign to it. Validity of
every foreign point is checked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

from kiosk.card.errors import ProtocolError, UnsupportedAlgorithmError

Point: TypeAlias = "tuple[int, int]"
_Jacobian: TypeAlias = "tuple[int, int, int]"

_UNCOMPRESSED = 4
_WINDOW = 4
_INFINITY: _Jacobian = (1, 1, 0)


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve y² = x³ + ax + b over a prime field, of prime order n (cofactor 1)."""

    name: str
    p: int
    a: int
    b: int
    n: int

    @property
    def width(self) -> int:
        """Bytes of a coordinate."""
        return (self.p.bit_length() + 7) // 8

    def holds(self, point: Point) -> bool:
        """Whether a point lies on the curve."""
        x, y = point
        return 0 <= x < self.p and 0 <= y < self.p and (y * y - (x * x + self.a) * x - self.b) % self.p == 0


def _double(curve: Curve, point: _Jacobian) -> _Jacobian:
    x, y, z = point
    p = curve.p
    if not z or not y:
        return _INFINITY
    yy = y * y % p
    s = 4 * x * yy % p
    zz = z * z % p
    m = (3 * x * x + curve.a * zz * zz) % p
    x3 = (m * m - 2 * s) % p
    return x3, (m * (s - x3) - 8 * yy * yy) % p, 2 * y * z % p


def _add(curve: Curve, left: _Jacobian, right: _Jacobian) -> _Jacobian:
    x1, y1, z1 = left
    x2, y2, z2 = right
    if not z1:
        return right
    if not z2:
        return left
    p = curve.p
    zz1, zz2 = z1 * z1 % p, z2 * z2 % p
    u1, u2 = x1 * zz2 % p, x2 * zz1 % p
    s1, s2 = y1 * zz2 * z2 % p, y2 * zz1 * z1 % p
    h, r = (u2 - u1) % p, (s2 - s1) % p
    if not h:
        return _double(curve, left) if not r else _INFINITY
    hh = h * h % p
    hhh = h * hh % p
    v = u1 * hh % p
    x3 = (r * r - hhh - 2 * v) % p
    return x3, (r * (v - x3) - s1 * hhh) % p, z1 * z2 * h % p


def _affine(curve: Curve, point: _Jacobian) -> Point:
    x, y, z = point
    if not z:
        raise ProtocolError("point at infinity")
    inverse = pow(z, -1, curve.p)
    square = inverse * inverse % curve.p
    return x * square % curve.p, y * square * inverse % curve.p


def _multiply(curve: Curve, scalar: int, point: Point) -> _Jacobian:
    """Four bits at a time over a table of sixteen multiples."""
    table = [_INFINITY, (*point, 1)]
    for _ in range(2, 1 << _WINDOW):
        table.append(_add(curve, table[-1], table[1]))
    total = _INFINITY
    for shift in range((scalar.bit_length() // _WINDOW) * _WINDOW, -1, -_WINDOW):
        for _ in range(_WINDOW):
            total = _double(curve, total)
        total = _add(curve, total, table[scalar >> shift & 0xF])
    return total


@dataclass(frozen=True, slots=True)
class EcGroup:
    """A curve with a generator, standard or mapped."""

    curve: Curve
    generator: Point

    @property
    def order(self) -> int:
        """The order of the generator."""
        return self.curve.n

    @property
    def public_key_tag(self) -> int:
        """Tag 86."""
        return 0x86

    @property
    def field_prime(self) -> int:
        """The prime of the field."""
        return self.curve.p

    def public(self, private: int) -> Point:
        """The public point of a private scalar."""
        return self.agree(private, self.generator)

    def agree(self, private: int, other: Point) -> Point:
        """The other's point times the private scalar."""
        return _affine(self.curve, _multiply(self.curve, private % self.curve.n, other))

    def encode(self, element: Point) -> bytes:
        """The uncompressed point."""
        width = self.curve.width
        return bytes((_UNCOMPRESSED,)) + element[0].to_bytes(width, "big") + element[1].to_bytes(width, "big")

    def decode(self, raw: bytes) -> Point:
        """Read an uncompressed point.

        Raises:
            ProtocolError: when it is not a point of the curve.
        """
        width = self.curve.width
        if len(raw) != 1 + 2 * width or raw[0] != _UNCOMPRESSED:
            raise ProtocolError("public point form")
        point = int.from_bytes(raw[1 : 1 + width], "big"), int.from_bytes(raw[1 + width :], "big")
        if not self.curve.holds(point):
            raise ProtocolError("public point off the curve")
        return point

    def secret(self, element: Point) -> bytes:
        """The x coordinate."""
        return element[0].to_bytes(self.curve.width, "big")

    def mapped_generic(self, nonce: int, shared: Point) -> EcGroup:
        """Nonce x generator + shared."""
        scaled = _multiply(self.curve, nonce % self.curve.n, self.generator)
        return replace(self, generator=_affine(self.curve, _add(self.curve, scaled, (*shared, 1))))

    def mapped_integrated(self, value: int) -> EcGroup:
        """The point that a field element encodes (ICAO 9303-11, appendix B.1)."""
        p, a, b = self.curve.p, self.curve.a, self.curve.b
        if p % 4 != 3:
            raise UnsupportedAlgorithmError("integrated mapping on this curve")
        alpha = -value * value % p
        base = alpha * (alpha + 1) % p
        if not base:
            raise ProtocolError("integrated mapping of zero")
        x2 = -b * pow(a, -1, p) * (1 + pow(base, -1, p)) % p
        x3 = alpha * x2 % p
        h2 = (x2**3 + a * x2 + b) % p
        root = pow(h2, p - 1 - (p + 1) // 4, p)
        if root * root * h2 % p == 1:
            return replace(self, generator=(x2, root * h2 % p))
        return replace(self, generator=(x3, root * pow(value, 3, p) * h2 % p))
