"""Which guardianships a proof fits. Pure: what the person shows, and what the school has on record.

The number decides where the roll has it. Where it has none, the name must agree, and besides it either the chat
account came by a code of the school, or the child is named by its own number, name and date (its card of 2024
names the parents too). A name alone never proves anything. What contradicts the record is never proven: it goes
to staff, as does whoever is restricted.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date

from core.contracts.citizen_id import CitizenId
from core.guardians.domain import Guardianship, Relation
from core.guardians.evidence import ChildIdentity, Identity
from core.guardians.likeness import Likeness, likeness
from core.students.domain import Student
from core.values.ids import GuardianId, StudentId
from core.vault.unreadable import is_readable


@dataclass(frozen=True, slots=True)
class Candidate:
    """A guardian on record who may be meant (người có thể là)."""

    id: GuardianId
    full_name: str = field(repr=False)
    number: CitizenId | None = None
    born_on: date | None = field(default=None, repr=False)
    of_account: bool = False


@dataclass(frozen=True, slots=True)
class Barred:
    """Somebody who must not see a pupil's data (người bị hạn chế)."""

    student_id: StudentId
    full_name: str = field(repr=False)
    number: CitizenId | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a proof fits; `rival` is a guardianship whose place somebody else already holds (kết quả đối chiếu)."""

    ties: tuple[Guardianship, ...] = ()
    rival: Guardianship | None = None
    barred: bool = False

    @property
    def guardian_ids(self) -> tuple[GuardianId, ...]:
        """The guardians that the person is, each once."""
        return tuple(dict.fromkeys(tie.guardian.id for tie in self.ties))


def identify(
    identity: Identity,
    candidates: Sequence[Candidate],
    ties: Sequence[Guardianship],
    child: tuple[ChildIdentity, Student] | None = None,
    barred: Collection[Barred] = (),
) -> Found:
    """The guardianships that the person is proven for; `child` is the named pupil, when the roll has it so."""
    named = child if child and is_named(*child) else None
    proven: list[Guardianship] = []
    rival: Guardianship | None = None
    for one in candidates:
        alike = likeness(identity.full_name, one.full_name)
        if alike is Likeness.DIFFERENT or _contradicts(identity, one):
            if alike is not Likeness.DIFFERENT and named:
                rival = rival or _tie_with(ties, one, named[1])
            continue
        if one.number is not None or one.of_account:
            proven += [tie for tie in ties if tie.guardian.id == one.id]
        elif named and alike is Likeness.SAME and _names_as_parent(named[0], identity, ties, one):
            proven += [tie for tie in ties if tie.guardian.id == one.id and tie.student_id == named[1].id]
    stopped = {tie.student_id for tie in proven for bar in barred if is_barred(identity, tie.student_id, bar)}
    free = tuple(tie for tie in proven if tie.student_id not in stopped)
    return Found(free, rival, barred=bool(stopped))


def is_named(child: ChildIdentity, student: Student) -> bool:
    """Whether somebody names this pupil so fully that a stranger hardly could: name and date of birth agree.

    The caller found the pupil by its number.
    """
    return (
        child.born_on == student.born_on
        and likeness(child.full_name, student.full_name) is not Likeness.DIFFERENT
    )


def is_barred(identity: Identity, student_id: StudentId, bar: Barred) -> bool:
    """Whether a restriction means this person: by number where both are known, else by name; else perhaps, so yes."""
    if bar.student_id != student_id:
        return False
    if not is_readable(bar.full_name):
        return True
    if bar.number is not None and identity.number is not None:
        return bar.number == identity.number
    return likeness(bar.full_name, identity.full_name) is not Likeness.DIFFERENT


def _contradicts(identity: Identity, one: Candidate) -> bool:
    if identity.number is None:
        return True  # without a number nobody is told apart from a namesake
    if one.number is not None and one.number != identity.number:
        return True
    return None not in (one.born_on, identity.born_on) and one.born_on != identity.born_on


def _tie_with(ties: Sequence[Guardianship], one: Candidate, student: Student) -> Guardianship | None:
    return next((tie for tie in ties if tie.guardian.id == one.id and tie.student_id == student.id), None)


def _names_as_parent(
    child: ChildIdentity, identity: Identity, ties: Sequence[Guardianship], one: Candidate
) -> bool:
    """Where the child's card names its parents, the person must be the one whom the roll says."""
    parents = {Relation.FATHER: child.father, Relation.MOTHER: child.mother}
    for tie in ties:
        parent = parents.get(tie.relation, "") if tie.guardian.id == one.id else ""
        if parent and likeness(parent, identity.full_name) is Likeness.DIFFERENT:
            return False
    return True
