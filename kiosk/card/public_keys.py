"""SubjectPublicKeyInfo of chips, whose curves come by name, by the ICAO number, or written out in full.

`cryptography` refuses curves that are written out (the Vietnamese CSCA has one): `with_named_curve` compares
every figure with the standard curves and gives the same key with the curve's name. An unknown curve stays
unknown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk.card import oids, tlv
from kiosk.card.curve_parameters import EC_GROUPS
from kiosk.card.curves import EcGroup
from kiosk.card.dh_parameters import DH_GROUPS
from kiosk.card.errors import MalformedDataError, UnsupportedAlgorithmError
from kiosk.card.groups import DhGroup, Group

SEQUENCE, INTEGER, OBJECT_ID, BIT_STRING = 0x30, 0x02, 0x06, 0x03
_MAX_DH_BITS = 4096


@dataclass(frozen=True, slots=True)
class AgreementKey:
    """A public key for an agreement: its group and its element."""

    group: Group[Any]
    element: Any


def parse_agreement_key(spki: bytes) -> AgreementKey:
    """The DH or ECDH key in a SubjectPublicKeyInfo.

    Raises:
        MalformedDataError: when it is no such thing.
        ProtocolError: when the element is not in its group.
        UnsupportedAlgorithmError: when the algorithm or the curve is not known.
    """
    algorithm, parameters, key = _split(spki)
    if algorithm == oids.EC_PUBLIC_KEY:
        curve = EC_GROUPS[curve_number(parameters)]
        return AgreementKey(curve, curve.decode(key))
    if algorithm == oids.STANDARD_PARAMETERS:
        group = standard_group(_integer(parameters, INTEGER))
        return AgreementKey(group, group.decode(key if isinstance(group, EcGroup) else _integer_bytes(key)))
    if algorithm in {oids.DH_PUBLIC_KEY, oids.DH_PKCS3}:
        prime = _dh_group(parameters, algorithm)
        return AgreementKey(prime, prime.decode(_integer_bytes(key)))
    raise UnsupportedAlgorithmError(f"public key {algorithm}")


def standard_group(number: int) -> Group[Any]:
    """The group of a standardised parameter number (ICAO 9303-11, table 6)."""
    group = EC_GROUPS.get(number) or DH_GROUPS.get(number)
    if group is None:
        raise UnsupportedAlgorithmError(f"domain parameters {number}")
    return group


def curve_number(parameters: tlv.Tlv) -> int:
    """The number of the standard curve that EC parameters name, or write out to the last figure."""
    if parameters.tag == OBJECT_ID:
        oid = oids.decode(parameters.value)
        if oid not in oids.NAMED_CURVES:
            raise UnsupportedAlgorithmError(f"curve {oid}")
        return oids.NAMED_CURVES[oid]
    if parameters.tag != SEQUENCE:
        raise UnsupportedAlgorithmError("curve parameters")
    return _explicit_curve(parameters.children())


def _explicit_curve(items: tuple[tlv.Tlv, ...]) -> int:
    """Compare p, a, b, the generator, its order and the cofactor (X9.62 ECParameters)."""
    if len(items) not in {5, 6}:
        raise MalformedDataError("curve parameters")
    field, coefficients, generator, order = items[1].children(), items[2].children(), items[3].value, items[4]
    if len(field) < 2 or len(coefficients) < 2 or oids.decode(field[0].value) != oids.PRIME_FIELD:
        raise UnsupportedAlgorithmError("field")
    p = _integer(field[1], INTEGER)
    a, b = (int.from_bytes(item.value, "big") for item in coefficients[:2])
    if len(items) == 6 and _integer(items[5], INTEGER) != 1:
        raise UnsupportedAlgorithmError("cofactor")
    for number, group in EC_GROUPS.items():
        curve = group.curve
        if (curve.p, curve.a, curve.b, curve.n) == (p, a, b, _integer(order, INTEGER)):
            if generator != group.encode(group.generator):
                raise UnsupportedAlgorithmError("foreign generator")
            return number
    raise UnsupportedAlgorithmError("unknown curve")


def with_named_curve(spki: bytes) -> bytes:
    """The same SubjectPublicKeyInfo with its curve by name; keys of other kinds come back unchanged."""
    algorithm, parameters, key = _split(spki)
    if algorithm != oids.EC_PUBLIC_KEY or parameters.tag == OBJECT_ID:
        return spki
    number = curve_number(parameters)
    name = next(oid for oid, known in oids.NAMED_CURVES.items() if known == number)
    return ec_spki(name, key)


def ec_spki(curve_oid: str, point: bytes) -> bytes:
    """A SubjectPublicKeyInfo of a point on a named curve."""
    algorithm = tlv.encode(OBJECT_ID, oids.encode(oids.EC_PUBLIC_KEY))
    parameters = tlv.encode(OBJECT_ID, oids.encode(curve_oid))
    return tlv.encode(
        SEQUENCE, tlv.encode(SEQUENCE, algorithm, parameters), tlv.encode(BIT_STRING, b"\0", point)
    )


def _dh_group(parameters: tlv.Tlv, algorithm: str) -> DhGroup:
    figures = [_integer(item, INTEGER) for item in parameters.children()]
    if len(figures) < 2 or figures[0].bit_length() > _MAX_DH_BITS:
        raise MalformedDataError("dh parameters")
    for known in DH_GROUPS.values():
        if (known.p, known.g) == (figures[0], figures[1]):
            return known
    if algorithm != oids.DH_PUBLIC_KEY or len(figures) < 3:
        raise UnsupportedAlgorithmError("dh parameters without order")
    return DhGroup(figures[0], figures[1], figures[2])


def _split(spki: bytes) -> tuple[str, tlv.Tlv, bytes]:
    outer = tlv.read_exactly(spki, SEQUENCE).children()
    if len(outer) != 2 or outer[1].tag != BIT_STRING or outer[1].value[:1] != b"\0":
        raise MalformedDataError("public key")
    algorithm = outer[0].children()
    if not algorithm or algorithm[0].tag != OBJECT_ID:
        raise MalformedDataError("public key algorithm")
    parameters = algorithm[1] if len(algorithm) > 1 else tlv.Tlv(0x05, b"", 2)
    return oids.decode(algorithm[0].value), parameters, outer[1].value[1:]


def _integer(item: tlv.Tlv, tag: int) -> int:
    if item.tag != tag or not item.value:
        raise MalformedDataError("integer")
    return int.from_bytes(item.value, "big")


def _integer_bytes(raw: bytes) -> bytes:
    return tlv.read_exactly(raw, INTEGER).value.lstrip(b"\0")
