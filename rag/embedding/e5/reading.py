"""One text read by the model: each thing it tells is worked out when it is first asked for.

What the seventh layer makes of a text costs half of its vector, and a branch two thirds of that; of many pieces of a
message one share of one branch is all that is ever asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rag.embedding.e5.network import INNER, OUTPUT
from rag.embedding.e5.packed import Floats
from rag.embedding.e5.session import BranchReader, Session

_FRAME = 2  # rows around each part


@dataclass(frozen=True)
class TextRead:
    """A text as the seventh layer made rows of it, in as many parts as it was read in: bài đọc."""

    parts: Sequence[Floats]
    upper: Session
    branches: Mapping[str, BranchReader]

    @cached_property
    def vector(self) -> Floats:
        """The unit vector; a text read in parts counts as their mean."""
        return _mean([self.upper.run([OUTPUT], {INNER: rows[None]})[0][0] for rows in self.parts])

    @cached_property
    def inner(self) -> Floats:
        """The unit vector of the seventh layer."""
        return _mean(self.parts)

    @cached_property
    def rows(self) -> Floats:
        """What the seventh layer made of each piece (pieces, width): what a branch is learned on."""
        return np.concatenate(self.parts)

    @cached_property
    def kinds(self) -> Mapping[str, float]:
        """How likely the text is each kind of message."""
        return self.branches["kinds"].shares(self.rows)

    @cached_property
    def matters(self) -> Mapping[str, float]:
        """How likely the text asks for each passage of the shipped knowledge."""
        return self.branches["matters"].shares(self.rows)


def _mean(parts: Sequence[Floats]) -> Floats:
    mean: Floats = np.sum([(len(rows) - _FRAME) * rows.mean(axis=0) for rows in parts], axis=0)
    unit: Floats = mean / np.linalg.norm(mean)
    return unit
