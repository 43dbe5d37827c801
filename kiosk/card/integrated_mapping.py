"""From two nonces to a field element: PACE's integrated mapping (ICAO 9303-11, 4.4.3.3.2)."""

from __future__ import annotations

from typing import Any

from kiosk.card.groups import Group
from kiosk.card.symmetric import Suite, cbc_zero_iv

_CONSTANTS_128 = (
    bytes.fromhex("a668892a7c41e3ca739f40b057d85904"),
    bytes.fromhex("a4e136ac725f738b01c1f60217c188ad"),
)
_CONSTANTS_256 = (
    bytes.fromhex("d463d65234124ef7897054986dca0a174e28df758cbaa03f240616414d5a1676"),
    bytes.fromhex("54bd7255f0aaf831bec3423fcf39d69b6cbf066677d0faae5aadd99df8e53517"),
)
_SPARE_BITS = 64


def field_element(chip_nonce: bytes, terminal_nonce: bytes, suite: Suite, group: Group[Any]) -> int:
    """R(s, t) reduced to the group's field: enough blocks that the rest of the division tells nothing."""
    first, second = _CONSTANTS_128 if len(chip_nonce) == 16 else _CONSTANTS_256
    key = cbc_zero_iv(terminal_nonce, suite, chip_nonce, decrypt=False)
    output = b""
    while 8 * len(output) < group.field_prime.bit_length() + _SPARE_BITS:
        usable = key[: suite.key_size]
        output += cbc_zero_iv(usable, suite, second, decrypt=False)
        key = cbc_zero_iv(usable, suite, first, decrypt=False)
    return int.from_bytes(output, "big") % group.field_prime
