"""Writes ONNX models: the few messages of its protobuf that a network of ours needs.

Numbers of fields are those of onnx.proto3. Only writes: the library that does everything (`onnx`) would be one more.
"""

import struct
from collections.abc import Mapping, Sequence
from itertools import chain

import numpy as np
from numpy.typing import NDArray

MICROSOFT = "com.microsoft"
_FORMAT, _STANDARD, _EXTENSIONS = 10, 20, 1  # of the file, of the usual operators, of onnxruntime's own
_TYPES = {np.dtype(np.float32): 1, np.dtype(np.int8): 3, np.dtype(np.int64): 7}
_FLOAT, _INT = 1, 2

Value = str | bytes | int | float
Raw = bytes | memoryview


def field(number: int, value: Value) -> bytes:
    r"""Write one field.

    >>> field(1, 300), field(2, "ab")
    (b'\x08\xac\x02', b'\x12\x02ab')
    """
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)
    if isinstance(value, float):
        return _varint(number << 3 | 5) + struct.pack("<f", value)
    raw = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(raw)) + raw


def node(kind: str, given: Sequence[str], made: str | Sequence[str], **options: float) -> bytes:
    """Write one operator: the values it is given, those it makes, and its options."""
    made = [made] if isinstance(made, str) else made
    domain = MICROSOFT if kind in _OWN else ""
    parts = [*(field(1, name) for name in given), *(field(2, name) for name in made), field(4, kind)]
    return b"".join((*parts, *(field(5, _option(*pair)) for pair in options.items()), field(7, domain)))


_OWN = frozenset(("DynamicQuantizeMatMul", "MultiHeadAttention", "Gelu"))


def model(
    nodes: Sequence[bytes],
    weights: Mapping[str, NDArray[np.generic]],
    given: tuple[str, int],
    made: Mapping[str, int],
) -> bytes:
    """Write a model of one input and its outputs, each (1, any length, width) and given by name and width."""
    graph = [
        *(field(1, one) for one in nodes),
        field(2, "graph"),
        *chain.from_iterable(_framed(5, _tensor(name, values)) for name, values in weights.items()),
        field(11, _shape(*given)),
        *(field(12, _shape(*one)) for one in made.items()),
    ]
    versions = [_version("", _STANDARD), _version(MICROSOFT, _EXTENSIONS)]
    return b"".join((field(1, _FORMAT), *_framed(7, graph), *versions))


def _framed(number: int, parts: Sequence[Raw]) -> list[Raw]:
    """Write a field of parts without joining them: weights are large, and copied once."""
    return [_varint(number << 3 | 2) + _varint(sum(map(len, parts))), *parts]


def _version(domain: str, number: int) -> bytes:
    return field(8, field(1, domain) + field(2, number))


def _option(name: str, value: float) -> bytes:
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, _INT)
    return field(1, name) + field(2, value) + field(20, _FLOAT)


def _tensor(name: str, values: NDArray[np.generic]) -> list[Raw]:
    sizes = b"".join(field(1, size) for size in values.shape)
    raw = np.ascontiguousarray(values).data.cast("B")
    return [sizes + field(2, _TYPES[values.dtype]) + field(8, name), *_framed(9, [raw])]


def _shape(name: str, width: int) -> bytes:
    sizes = field(1, field(1, 1)) + field(1, field(2, "length")) + field(1, field(1, width))
    return field(1, name) + field(2, field(1, field(1, _FLOAT) + field(2, sizes)))


def _varint(number: int) -> bytes:
    """Write a number seven bits at a time, lowest first."""
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)
