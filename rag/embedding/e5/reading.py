"""One text read by the model: each thing it tells is worked out when it is first asked for.

What the seventh layer makes of a text takes seven layers of twelve, its vector the other five, a branch three or five
of its own; of many pieces of a message one share of one branch is all that is ever asked for.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, overload

import numpy as np

from rag.embedding.e5.network import INNER, OUTPUT
from rag.embedding.e5.packed import Floats
from rag.embedding.e5.session import BranchReader, Session

_FRAME = 2  # rows around each part
Part = TypeVar("Part")


class Told(Generic[Part]):
    """A property that is worked out when it is first asked for, by several threads at once where several ask.

    `functools.cached_property` of Python 3.11 works out one at a time, of all objects.
    """

    def __init__(self, work: Callable[[Any], Part]) -> None:
        self._work, self.__doc__ = work, work.__doc__

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, one: None, owner: type) -> "Told[Part]": ...
    @overload
    def __get__(self, one: object, owner: type) -> Part: ...
    def __get__(self, one: object | None, owner: type) -> "Part | Told[Part]":
        if one is None:
            return self
        made: Part = one.__dict__.setdefault(self._name, self._work(one))
        return made


@dataclass(frozen=True)
class TextRead:
    """A text as the seventh layer made rows of it, in as many parts as it was read in: bài đọc."""

    parts: Sequence[Floats]
    upper: Session
    branches: Mapping[str, BranchReader]

    @Told
    def vector(self) -> Floats:
        """The unit vector; a text read in parts counts as their mean."""
        return _mean([self.upper.run([OUTPUT], {INNER: rows[None]})[0][0] for rows in self.parts])

    @Told
    def inner(self) -> Floats:
        """The unit vector of the seventh layer."""
        return _mean(self.parts)

    @property
    def rows(self) -> Floats:
        """What the seventh layer made of each piece (pieces, width): what a branch is learned on."""
        return self.parts[0] if len(self.parts) == 1 else np.concatenate(self.parts)

    @Told
    def kinds(self) -> Mapping[str, float]:
        """How likely the text is each kind of message."""
        return self.branches["kinds"].shares(self.rows)

    @Told
    def matters(self) -> Mapping[str, float]:
        """How likely the text asks for each passage of the shipped knowledge."""
        return self.branches["matters"].shares(self.rows)


def _mean(parts: Sequence[Floats]) -> Floats:
    mean: Floats = np.sum([(len(rows) - _FRAME) * rows.mean(axis=0) for rows in parts], axis=0)
    unit: Floats = mean / np.linalg.norm(mean)
    return unit
