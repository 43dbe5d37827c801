"""Which pupil an entry of a roll means. Pure; sees blind indexes only, no name and no number.

The citizen number decides where both sides have one. Otherwise the same name and date of birth in the same
class is the same pupil, then a pupil elsewhere in the school (who changed class), each at most once. An entry
with a number may take over a pupil recorded without one. Where several could be meant (namesakes born on the same
day who change class), nobody is moved and nobody added: their numbers must tell them apart.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
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


@dataclass(frozen=True, slots=True)
class Doubt:
    """An entry that may mean one of several pupils, this one among them."""

    perhaps: StudentId


def match(entries: Sequence[Entry], known: Sequence[Known]) -> tuple[StudentId | Doubt | None, ...]:
    """For each entry the pupil it means, None when it is a new one, or a doubt; no pupil is given twice."""
    found: list[StudentId | Doubt | None] = [None] * len(entries)
    taken: set[StudentId] = set()
    for key in (_by_number, _by_class):
        shelf: dict[object, list[Known]] = defaultdict(list)
        for pupil in known:
            shelf[key(pupil.entry)].append(pupil)
        for place, entry in enumerate(entries):
            wanted = key(entry)
            if found[place] is not None or wanted is None:
                continue
            free = [p for p in shelf[wanted] if p.id not in taken and _may_be(entry, p.entry)]
            if free:
                found[place] = free[0].id
                taken.add(free[0].id)
    for place, meant in _who_changed_class(entries, [p for p in known if p.id not in taken], found):
        found[place] = meant
    return tuple(found)


def _who_changed_class(
    entries: Sequence[Entry], free: Sequence[Known], found: Sequence[object | None]
) -> Iterator[tuple[int, StudentId | Doubt]]:
    """Entries of other classes than their pupils'; where more than one entry or pupil is called so, a doubt."""
    open_ = [(place, entry) for place, entry in enumerate(entries) if found[place] is None]
    called = Counter(entry.identity_index for _, entry in open_)
    for place, entry in open_:
        namesakes = [
            p for p in free if p.entry.identity_index == entry.identity_index and _may_be(entry, p.entry)
        ]
        if len(namesakes) == 1 and called[entry.identity_index] == 1:
            yield place, namesakes[0].id
        elif namesakes:
            yield place, Doubt(namesakes[0].id)


Key = Callable[[Entry], object | None]


def _by_number(entry: Entry) -> object | None:
    return entry.citizen_index


def _by_class(entry: Entry) -> object | None:
    return entry.class_id, entry.identity_index


def _may_be(entry: Entry, pupil: Entry) -> bool:
    """Two different numbers are two different people."""
    return None in (entry.citizen_index, pupil.citizen_index) or entry.citizen_index == pupil.citizen_index
