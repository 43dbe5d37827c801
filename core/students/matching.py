"""Which pupil an entry of a roll means. Pure; sees blind indexes only, no name and no number.

The citizen number decides where both sides have one. Otherwise the same name and date of birth in the same
class is the same pupil, then a pupil elsewhere in the school (who changed class), each at most once. An entry
with a number may take over a pupil recorded without one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.values.ids import ClassId, StudentId


@dataclass(frozen=True, slots=True)
class Entry:
    """What a roll says about one pupil."""

    class_id: ClassId
    citizen_index: bytes | None
    identity_index: bytes


@dataclass(frozen=True, slots=True)
class Known:
    """A pupil on record."""

    id: StudentId
    entry: Entry


def match(entries: Sequence[Entry], known: Sequence[Known]) -> tuple[StudentId | None, ...]:
    """For each entry the pupil it means, or None when it is a new one; no pupil is given twice."""
    found: list[StudentId | None] = [None] * len(entries)
    taken: set[StudentId] = set()
    for key in (_by_number, _by_class, _by_identity):
        shelf: dict[object, list[Known]] = defaultdict(list)
        for pupil in known:
            shelf[key(pupil.entry)].append(pupil)
        for place, entry in enumerate(entries):
            wanted = key(entry)
            if found[place] is not None or wanted is None:
                continue
            free = [p for p in shelf[wanted] if p.id not in taken and _may_be(entry, p.entry)]
            if free and (len(free) == 1 or key is not _by_identity):
                found[place] = free[0].id
                taken.add(free[0].id)
    return tuple(found)


Key = Callable[[Entry], object | None]


def _by_number(entry: Entry) -> object | None:
    return entry.citizen_index


def _by_class(entry: Entry) -> object | None:
    return entry.class_id, entry.identity_index


def _by_identity(entry: Entry) -> object | None:
    return entry.identity_index


def _may_be(entry: Entry, pupil: Entry) -> bool:
    """Two different numbers are two different people."""
    return None in (entry.citizen_index, pupil.citizen_index) or entry.citizen_index == pupil.citizen_index
