"""Keeps a school's calendar: entries that never overlap, each change with its line in the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.schools import repository as schools
from core.schools.calendar import repository
from core.schools.calendar.domain import Calendar, NewSpan, SpanNotFoundError
from core.schools.domain import SchoolNotFoundError, check_absent_after
from core.values.clock import Clock, school_date
from core.values.ids import new_id


@dataclass(frozen=True, slots=True)
class Calendars:
    """The calendars of the schools (lịch trường)."""

    clock: Clock
    audit: Audit

    async def read(self, tx: Tx) -> Calendar:
        """The calendar of the school of this transaction."""
        return await repository.read(tx)

    async def add(self, tx: Tx, span: NewSpan, actor: str) -> UUID:
        """Write an entry down.

        Raises:
            CalendarError: when it is in an absurd year or meets another one.
            SchoolNotFoundError: when the school was never registered.
        """
        await self._check(tx, span)
        span_id = new_id()
        await repository.add(tx, span_id, span)
        await self._note(tx, actor, "day_added", span)
        return span_id

    async def change(self, tx: Tx, span_id: UUID, span: NewSpan, actor: str) -> None:
        """Correct an entry.

        Raises:
            CalendarError, SchoolNotFoundError: as `add`.
            SpanNotFoundError: when there is no such entry.
        """
        await self._check(tx, span, span_id)
        if not await repository.change(tx, span_id, span):
            raise SpanNotFoundError
        await self._note(tx, actor, "day_changed", span)

    async def remove(self, tx: Tx, span_id: UUID, actor: str) -> None:
        """Take an entry back.

        Raises:
            SpanNotFoundError: when there is no such entry.
        """
        await self._lock(tx)
        known = {one.id: one.span for one in (await repository.read(tx)).spans}
        if not await repository.remove(tx, span_id):
            raise SpanNotFoundError
        await self._note(tx, actor, "day_removed", known[span_id])

    async def set_saturdays(self, tx: Tx, actor: str, *, lessons: bool | None) -> None:
        """Say whether there are lessons on ordinary Saturdays; None takes it back."""
        await self._lock(tx)
        await repository.set_saturdays(tx, lessons=lessons)
        told = {None: "", True: "yes", False: "no"}[lessons]
        entry = AuditEntry(actor, "schools.saturdays_set", f"school:{tx.school_id}", {"lessons": told})
        await self.audit.record(tx, entry)

    async def set_absent_after(self, tx: Tx, moment: time | None, actor: str) -> None:
        """From when on a day of lessons teachers are told of pupils who have not come; None for never.

        Raises:
            SchoolSettingsError: when nobody could be missed at that time.
            SchoolNotFoundError: when the school was never registered.
        """
        school = await schools.find(tx)
        if school is None:
            raise SchoolNotFoundError
        check_absent_after(moment, school.day)
        await repository.set_absent_after(tx, moment)
        told = {"starts": moment.strftime("%H:%M") if moment else ""}
        await self.audit.record(
            tx, AuditEntry(actor, "schools.absent_after_set", f"school:{tx.school_id}", told)
        )

    async def _lock(self, tx: Tx) -> None:
        if not await repository.lock(tx):
            raise SchoolNotFoundError

    async def _check(self, tx: Tx, span: NewSpan, replaces: UUID | None = None) -> None:
        await self._lock(tx)
        span.check_year(school_date(self.clock.now()))
        (await repository.read(tx)).check_room(span, replaces)

    async def _note(self, tx: Tx, actor: str, what: str, span: NewSpan) -> None:
        details = {
            "kind": span.kind.value,
            "first_on": span.first_on.isoformat(),
            "last_on": span.last_on.isoformat(),
        }
        await self.audit.record(tx, AuditEntry(actor, f"schools.{what}", f"school:{tx.school_id}", details))
