"""The network of multilingual-e5-small as an ONNX model: twelve layers of attention, weights kept at four bits.

As the wheel's engine does, a layer's input is rounded to eight bits a block before it is multiplied
(`accuracy_level` 4). Word vectors are looked up before, a text's vector is made of the rows after
(`rag.embedding.e5.engine`).
"""

import numpy as np
from numpy.typing import NDArray

from rag.embedding.e5.onnx import model, node
from rag.embedding.e5.packed import BLOCK, Packed

INPUT, INNER, MIDDLE, OUTPUT = "input", "l6", "l8", "output"
"""What goes in, and what the seventh, the ninth and the last layer make of it."""


def network_of(packed: Packed) -> bytes:
    """Write the network; its input and outputs are (1, pieces, width)."""
    return _Network(packed).written()


class _Network:
    """Nodes and weights while they are gathered; a value is called as what makes it."""

    def __init__(self, packed: Packed) -> None:
        self._packed, self._sizes = packed, packed.sizes
        self._nodes: list[bytes] = []
        self._weights: dict[str, NDArray[np.generic]] = {}

    def written(self) -> bytes:
        width = self._sizes.width
        self._weights["thirds"] = np.full(3, width, np.int64)
        last = self._normal(INPUT, "emb.ln", "normal")
        for number in range(self._sizes.layers):
            made = OUTPUT if number == self._sizes.layers - 1 else f"l{number}"
            last = self._layer(last, f"l{number}.", made)
        return model(self._nodes, self._weights, width, INPUT, (INNER, MIDDLE, OUTPUT))

    def _layer(self, given: str, name: str, made: str) -> str:
        """Add one layer: what each piece makes of the others, then of itself."""
        parts = [f"{name}{part}" for part in ("queries", "keys", "values")]
        together = self._product(given, [f"{name}{part}" for part in "qkv"], f"{name}qkv")
        self._nodes.append(node("Split", [together, "thirds"], parts, axis=2))
        heard = self._add("MultiHeadAttention", parts, f"{name}heard", num_heads=self._sizes.heads)
        heard = self._product(heard, [f"{name}ao"], f"{name}ao")
        middle = self._normal(self._sum(given, heard), f"{name}aln", f"{name}middle")
        inner = self._product(middle, [f"{name}fi"], f"{name}fi")
        inner = self._add("Gelu", [inner], f"{name}bent")
        outer = self._product(inner, [f"{name}fo"], f"{name}fo")
        return self._normal(self._sum(middle, outer), f"{name}oln", made)

    def _add(self, kind: str, given: list[str], made: str, **options: float) -> str:
        self._nodes.append(node(kind, given, made, **options))
        return made

    def _sum(self, one: str, other: str) -> str:
        return self._add("Add", [one, other], f"{other}.sum")

    def _normal(self, given: str, weights: str, made: str) -> str:
        names = [f"{weights}.w", f"{weights}.b"]
        self._weights.update({name: self._packed.floats(name) for name in names})
        epsilon = self._sizes.epsilon
        return self._add("LayerNormalization", [given, *names], made, axis=-1, epsilon=epsilon)

    def _product(self, given: str, parts: list[str], made: str) -> str:
        """Multiply by the weights of the parts, one beside the other."""
        columns = self._sizes.inner if made.endswith("fo") else self._sizes.width
        blocks = [self._packed.blocks(f"{part}.w", columns) for part in parts]
        numbers = np.concatenate([one.numbers for one in blocks])
        biases = np.concatenate([self._packed.floats(f"{part}.b") for part in parts])
        held = {
            f"{made}.pairs": numbers[..., 0::2] | numbers[..., 1::2] << 4,
            f"{made}.scales": np.concatenate([one.scales for one in blocks]).ravel(),
            f"{made}.bias": biases,
        }
        self._weights.update(held)
        pairs, scales, bias = held
        return self._add(
            "MatMulNBits",
            [given, pairs, scales, "", "", bias],
            made,
            K=columns,
            N=len(biases),
            bits=4,
            block_size=BLOCK,
            accuracy_level=4,
        )
