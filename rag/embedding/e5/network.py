"""The network of multilingual-e5-small as an ONNX model: twelve layers of attention, weights kept at four bits.

As the wheel's engine does, a layer's input is rounded to eight bits a block before it is multiplied
(`accuracy_level` 4). Word vectors are looked up before, a text's vector is made of the rows after
(`rag.embedding.e5.engine`). From the seventh layer on a branch of the same weights goes its own way
(`rag.embedding.e5.branch`); who does not ask for its output does not pay for it.
"""

import numpy as np
from numpy.typing import NDArray

from rag.embedding.e5.branch import Branch
from rag.embedding.e5.onnx import model, node
from rag.embedding.e5.packed import BLOCK, Floats, Packed

INPUT, INNER, MIDDLE, OUTPUT, TUNED = "input", "l6", "l8", "output", "tuned"
"""What goes in, what the seventh, the ninth and the last layer make of it, and what the branch does."""


def network_of(packed: Packed, branch: Branch) -> bytes:
    """Write the network; its input and outputs are (1, pieces, width)."""
    return _Network(packed, branch).written()


class _Network:
    """Nodes and weights while they are gathered; a value is called as what makes it."""

    def __init__(self, packed: Packed, branch: Branch) -> None:
        self._packed, self._sizes, self._branch = packed, packed.sizes, branch
        self._nodes: list[bytes] = []
        self._weights: dict[str, NDArray[np.generic]] = {}

    def written(self) -> bytes:
        width = self._sizes.width
        self._weights["thirds"] = np.full(3, width, np.int64)
        last = self._normal(INPUT, "emb.ln", "normal")
        for number in range(self._sizes.layers):
            made = OUTPUT if number == self._sizes.layers - 1 else f"l{number}"
            last = self._layer(last, f"l{number}.", made)
        last = INNER
        for number in self._branch.layers:
            made = TUNED if number == self._branch.layers[-1] else f"{TUNED}.l{number}"
            last = self._layer(last, f"l{number}.", made, f"{TUNED}.")
        return model(self._nodes, self._weights, width, INPUT, (INNER, MIDDLE, OUTPUT, TUNED))

    def _layer(self, given: str, name: str, made: str, way: str = "") -> str:
        """Add one layer, of the branch where `way` is its: what each piece makes of the others, then of itself."""
        own = f"{way}{name}"
        parts = [f"{own}{part}" for part in ("queries", "keys", "values")]
        together = self._product(given, [f"{name}{part}" for part in "qkv"], f"{own}qkv", way)
        self._nodes.append(node("Split", [together, "thirds"], parts, axis=2))
        heard = self._add("MultiHeadAttention", parts, f"{own}heard", num_heads=self._sizes.heads)
        heard = self._product(heard, [f"{name}ao"], f"{own}ao", way)
        middle = self._normal(self._sum(given, heard), f"{name}aln", f"{own}middle", way)
        inner = self._product(middle, [f"{name}fi"], f"{own}fi", way)
        inner = self._add("Gelu", [inner], f"{own}bent")
        outer = self._product(inner, [f"{name}fo"], f"{own}fo", way)
        return self._normal(self._sum(middle, outer), f"{name}oln", made, way)

    def _add(self, kind: str, given: list[str], made: str, **options: float) -> str:
        self._nodes.append(node(kind, given, made, **options))
        return made

    def _sum(self, one: str, other: str) -> str:
        return self._add("Add", [one, other], f"{other}.sum")

    def _normal(self, given: str, weights: str, made: str, way: str = "") -> str:
        names = [f"{way}{weights}.w", f"{way}{weights}.b"]
        for name, known in zip(names, (f"{weights}.w", f"{weights}.b"), strict=True):
            self._weights[name] = self._branch.weights[known] if way else self._packed.floats(known)
        epsilon = self._sizes.epsilon
        return self._add("LayerNormalization", [given, *names], made, axis=-1, epsilon=epsilon)

    def _product(self, given: str, parts: list[str], made: str, way: str = "") -> str:
        """Multiply by the weights of the parts, one beside the other; the branch adds its correction."""
        columns = self._sizes.inner if made.endswith("fo") else self._sizes.width
        held = [f"{parts[0]}.{one}" for one in ("pairs", "scales", "bias")]
        if held[0] not in self._weights:
            blocks = [self._packed.blocks(f"{part}.w", columns) for part in parts]
            numbers = np.concatenate([one.numbers for one in blocks])
            self._weights[held[0]] = numbers[..., 0::2] | numbers[..., 1::2] << 4
            self._weights[held[1]] = np.concatenate([one.scales for one in blocks]).ravel()
            self._weights[held[2]] = np.concatenate([self._packed.floats(f"{part}.b") for part in parts])
        pairs, scales, bias = held
        plain = self._add(
            "MatMulNBits",
            [given, pairs, scales, "", "", bias],
            f"{made}.plain" if way else made,
            K=columns,
            N=len(self._weights[bias]),
            bits=4,
            block_size=BLOCK,
            accuracy_level=4,
        )
        return self._corrected(plain, given, parts, made) if way else plain

    def _corrected(self, plain: str, given: str, parts: list[str], made: str) -> str:
        """Add to a product what the low-rank weights of its parts make of the same rows."""
        down, up = ([self._branch.weights[f"{part}.{way}"] for part in parts] for way in ("down", "up"))
        self._weights[f"{made}.down"] = np.concatenate(down).T
        self._weights[f"{made}.up"] = _beside(up).T
        narrow = self._add("MatMul", [given, f"{made}.down"], f"{made}.narrow")
        wide = self._add("MatMul", [narrow, f"{made}.up"], f"{made}.wide")
        return self._add("Add", [plain, wide], made)


def _beside(blocks: list[Floats]) -> Floats:
    """Give one matrix with the blocks along its diagonal.

    >>> _beside([np.ones((1, 2), np.float32), np.full((1, 1), 2, np.float32)]).tolist()
    [[1.0, 1.0, 0.0], [0.0, 0.0, 2.0]]
    """
    rows, columns = (np.cumsum([0, *(block.shape[axis] for block in blocks)]) for axis in (0, 1))
    whole: Floats = np.zeros((rows[-1], columns[-1]), np.float32)
    for at, block in enumerate(blocks):
        whole[rows[at] : rows[at + 1], columns[at] : columns[at + 1]] = block
    return whole
