"""The network of multilingual-e5-small as an ONNX model: twelve layers of attention, weights kept at four bits.

As the wheel's engine does, a layer's input is rounded to eight bits a block before it is multiplied
(`accuracy_level` 4). Word vectors are looked up before, a text's vector is made of the rows after
(`rag.embedding.e5.engine`). A branch (`rag.embedding.e5.branch`) is a model of its own that begins with what the
seventh layer makes: onnxruntime works out every output of a model, asked for or not.
"""

import numpy as np
from numpy.typing import NDArray

from rag.embedding.e5.branch import Branch
from rag.embedding.e5.onnx import model, node
from rag.embedding.e5.packed import BLOCK, Floats, Packed

INPUT, INNER, MIDDLE, OUTPUT, TUNED = "input", "l6", "l8", "output", "tuned"
"""What goes in, what the seventh, the ninth and the last layer make of it, and what a branch does."""


def network_of(packed: Packed) -> bytes:
    """Write the network; its input and outputs are (1, pieces, width)."""
    return _Network(packed, None).whole()


def branch_of(packed: Packed, branch: Branch) -> bytes:
    """Write the branch; its input and its output are (1, pieces, width)."""
    return _Network(packed, branch).apart(branch)


class _Network:
    """Nodes and weights while they are gathered, those of a branch corrected; a value is called as what makes it."""

    def __init__(self, packed: Packed, branch: Branch | None) -> None:
        self._packed, self._sizes, self._branch = packed, packed.sizes, branch
        self._nodes: list[bytes] = []
        self._weights: dict[str, NDArray[np.generic]] = {}

    def whole(self) -> bytes:
        last = self._normal(INPUT, "emb.ln", "normal")
        for number in range(self._sizes.layers):
            made = OUTPUT if number == self._sizes.layers - 1 else f"l{number}"
            last = self._layer(last, f"l{number}.", made)
        return self._model(INPUT, (INNER, MIDDLE, OUTPUT))

    def apart(self, branch: Branch) -> bytes:
        last = INNER
        for number in branch.layers:
            last = self._layer(last, f"l{number}.", TUNED if number == branch.layers[-1] else f"l{number}")
        return self._model(INNER, (TUNED,))

    def _model(self, given: str, made: tuple[str, ...]) -> bytes:
        width = self._sizes.width
        self._weights["thirds"] = np.full(3, width, np.int64)
        return model(self._nodes, self._weights, width, given, made)

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
        for name in names:
            self._weights[name] = self._branch.weights[name] if self._branch else self._packed.floats(name)
        epsilon = self._sizes.epsilon
        return self._add("LayerNormalization", [given, *names], made, axis=-1, epsilon=epsilon)

    def _product(self, given: str, parts: list[str], made: str) -> str:
        """Multiply by the weights of the parts, one beside the other; a branch adds its correction."""
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
        plain = self._add(
            "MatMulNBits",
            [given, pairs, scales, "", "", bias],
            f"{made}.plain" if self._branch else made,
            K=columns,
            N=len(biases),
            bits=4,
            block_size=BLOCK,
            accuracy_level=4,
        )
        return self._corrected(plain, given, parts, made, self._branch) if self._branch else plain

    def _corrected(self, plain: str, given: str, parts: list[str], made: str, branch: Branch) -> str:
        """Add to a product what the low-rank weights of its parts make of the same rows."""
        down, up = ([branch.weights[f"{part}.{way}"] for part in parts] for way in ("down", "up"))
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
