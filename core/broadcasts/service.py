"""Announces to many: a draft is looked at, confirmed, written out in batches, watched, and stopped if need be.

A batch is one transaction: the messages of the next guardians and how far it has come, so a process that is
killed doubles nothing and loses nothing. It puts nothing into words and sends nothing; the outbox does.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from uuid import UUID

import orjson

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.broadcasts import repository
from core.broadcasts.domain import (
    LATEST_START,
    STOPPABLE,
    Audience,
    AudienceKind,
    BadBroadcastError,
    Broadcast,
    BroadcastChangedError,
    BroadcastNotFoundError,
    BroadcastStateError,
    Draft,
    EmptyAudienceError,
    Kind,
    Preview,
    Progress,
    Status,
)
from core.broadcasts.reach import Reach, messages_to
from core.broadcasts.tables import BroadcastRow
from core.db.notify import notify
from core.db.transaction import Tx
from core.fees.service import Fees
from core.guardians.audience import service as guardians
from core.notifications.campaigns.service import Campaigns, Tally
from core.notifications.domain import Recipient
from core.notifications.pace import QuietHours
from core.notifications.ports import Verdict
from core.notifications.service import Notifications
from core.preferences.service import Preferences
from core.schools.service import Schools
from core.students.service import Students
from core.values.clock import Clock
from core.values.ids import GuardianId, new_id
from core.vault.keyring import Keyring, SealedDataError
from core.vault.unreadable import UNREADABLE, is_readable

NOTIFY_CHANNEL = "broadcasts"
BATCH = 200
_LOOK_AT = 1000
_CONTENT = "broadcast.content"


@dataclass(frozen=True, slots=True)
class Broadcasts:
    """The announcements of a school."""

    keyring: Keyring = field(repr=False)
    clock: Clock
    audience: guardians.Audience
    students: Students
    fees: Fees
    schools: Schools
    notifications: Notifications
    preferences: Preferences
    audit: Audit
    quiet: QuietHours = field(default_factory=QuietHours)

    async def draft(self, tx: Tx, draft: Draft, actor: str, broadcast_id: UUID | None = None) -> Broadcast:
        """Keep a draft, in place of the one that has this id; nothing is sent before it is confirmed.

        Raises:
            BroadcastStateError: when what has this id is confirmed already.
        """
        broadcast_id = broadcast_id or new_id()
        content = orjson.dumps([draft.title.strip(), draft.text.strip()]).decode()
        is_kept = await repository.keep_draft(
            tx,
            id=broadcast_id,
            kind=draft.kind.value,
            content=self.keyring.for_school(tx.school_id).seal(content, _CONTENT),
            audience=draft.audience.kind.value,
            audience_values=list(draft.audience.values),
            created_by=actor,
            created_at=self.clock.now(),
        )
        if not is_kept:
            raise BroadcastStateError
        return await self.get(tx, broadcast_id)

    async def preview(self, tx: Tx, draft: Draft, starts_at: datetime | None = None) -> Preview:
        """Whom it would reach, in the very way in which it is sent, and until when quiet hours would hold it back."""
        starts = max(starts_at or self.clock.now(), self.clock.now())
        held = draft.kind is not Kind.EMERGENCY and self.quiet.covers(starts)
        people, becomes = 0, Counter[Verdict]()
        meant, after = await self._reach.of(tx, draft.audience), None
        while True:
            found = await meant.page(tx, after, _LOOK_AT)
            made = [messages_to(draft, reached.recipients, "", starts, str) for reached in found]
            firsts = [one[0] for one in made if one]
            becomes.update(await self.notifications.foresee(tx, *firsts))
            people += len(found)
            if len(found) < _LOOK_AT:
                break
            after = found[-1].guardian_id
        return Preview(
            people=people,
            now=becomes[Verdict.NOW],
            later=becomes[Verdict.LATER],
            declined=becomes[Verdict.NEVER],
            quiet_until=self.quiet.ends_after(starts) if held else None,
        )

    async def confirm(
        self, tx: Tx, broadcast_id: UUID, actor: str, starts_at: datetime | None = None, seen: str = ""
    ) -> Broadcast:
        """Send it, now or at `starts_at`; `seen` is the fingerprint of the draft that was read, where it was.

        Raises:
            BroadcastNotFoundError, BroadcastStateError: when there is no such draft.
            BroadcastChangedError: when it was changed after it was seen.
            SealedDataError: when it cannot be read.
            EmptyAudienceError: when nobody has a chat. That somebody chose silence may change before it goes out.
            BadBroadcastError: when the time is gone or too far away.
        """
        broadcast, now = _whole(await self._locked(tx, broadcast_id)), self.clock.now()
        if broadcast.status is not Status.DRAFT:
            raise BroadcastStateError
        if seen and seen != broadcast.draft.fingerprint:
            raise BroadcastChangedError
        if starts_at is not None and not now <= starts_at <= now + LATEST_START:
            raise BadBroadcastError(field="starts_at")
        preview = await self.preview(tx, broadcast.draft)
        if preview.people == preview.unreached:
            raise EmptyAudienceError
        await repository.change(
            tx, broadcast_id, status="scheduled", confirmed_by=actor, starts_at=starts_at or now
        )
        await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))
        await self._note(tx, actor, "confirmed", broadcast, {"reachable": preview.reachable})
        return await self.get(tx, broadcast_id)

    async def expand(self, tx: Tx, broadcast_id: UUID, batch: int = BATCH) -> bool:
        """Write the messages for the next guardians; False when there is nothing (more) to do."""
        row = await repository.find(tx, broadcast_id, lock=True, skip_locked=True)
        if row is None or row.status not in {"scheduled", "running"} or row.starts_at is None:
            return False
        broadcast, after = _whole(self._broadcast(tx, row)), GuardianId(row.cursor) if row.cursor else None
        meant = await self._reach.of(tx, broadcast.draft.audience)
        found = await meant.page(tx, after, batch)
        school, starts_at = await self.schools.get(tx), row.starts_at

        def key_of(to: Recipient) -> str:
            return f"{broadcast.dedupe_prefix}{self.notifications.fingerprint(tx, to)}"

        made = [messages_to(broadcast.draft, one.recipients, school.name, starts_at, key_of) for one in found]
        written = await self.notifications.enqueue(tx, *chain.from_iterable(made))
        done = len(found) < batch
        await repository.change(
            tx,
            broadcast_id,
            status="sent" if done else "running",
            cursor=found[-1].guardian_id if found else after,
            people=row.people + len(found),
            messages=row.messages + len(set(written)),
            unreached=row.unreached + sum(not one.recipients for one in found),
            expanded_at=self.clock.now() if done else None,
        )
        return not done

    async def stop(self, tx: Tx, broadcast_id: UUID, actor: str) -> int:
        """Send no more of it; says how many messages were taken back.

        Raises:
            BroadcastNotFoundError, BroadcastStateError: when there is nothing to stop.
        """
        broadcast = await self._locked(tx, broadcast_id)
        if broadcast.status not in STOPPABLE or broadcast.report is not None:
            raise BroadcastStateError
        now = self.clock.now()
        await repository.change(tx, broadcast_id, status="stopped", stopped_by=actor, stopped_at=now)
        taken_back = await self._campaigns.withdraw(tx, broadcast.dedupe_prefix)
        taken_back += await self.preferences.withdraw(tx, broadcast.dedupe_prefix)
        await self._note(tx, actor, "stopped", broadcast, {"taken_back": taken_back})
        return taken_back

    async def keep_report(self, tx: Tx, broadcast_id: UUID) -> bool:
        """Keep what became of it once nothing is open any more: the outbox forgets after a month."""
        progress = await self.progress(tx, broadcast_id)
        if progress.open or progress.broadcast.report is not None:
            return False
        delivery = progress.delivery
        report = {"sent": delivery.sent, "parked": delivery.parked, "expired": delivery.expired}
        await repository.change(tx, broadcast_id, report=report)
        return True

    async def get(self, tx: Tx, broadcast_id: UUID) -> Broadcast:
        """One announcement.

        Raises:
            BroadcastNotFoundError: when the school has no such announcement.
        """
        row = await repository.find(tx, broadcast_id)
        if row is None:
            raise BroadcastNotFoundError
        return self._broadcast(tx, row)

    async def progress(self, tx: Tx, broadcast_id: UUID) -> Progress:
        """How far it has come."""
        broadcast = await self.get(tx, broadcast_id)
        prefix = broadcast.dedupe_prefix
        kept = await self.preferences.kept(tx, prefix)
        return Progress(broadcast, await self.notifications.report(tx, prefix), kept)

    async def tally(self, tx: Tx, broadcast: Broadcast) -> tuple[Tally, ...]:
        """The delivery report: by channel, by what became of it, by reason."""
        return await self._campaigns.tally(tx, broadcast.dedupe_prefix)

    async def list_newest(
        self, tx: Tx, limit: int = 30, before: Broadcast | None = None
    ) -> tuple[Broadcast, ...]:
        """The newest first."""
        place = (before.created_at, before.id) if before else None
        return tuple(self._broadcast(tx, row) for row in await repository.list_newest(tx, limit, place))

    @property
    def _reach(self) -> Reach:
        return Reach(self.audience, self.students, self.fees)

    @property
    def _campaigns(self) -> Campaigns:
        return Campaigns(self.clock)

    async def _locked(self, tx: Tx, broadcast_id: UUID) -> Broadcast:
        row = await repository.find(tx, broadcast_id, lock=True)
        if row is None:
            raise BroadcastNotFoundError
        return self._broadcast(tx, row)

    async def _note(
        self, tx: Tx, actor: str, what: str, broadcast: Broadcast, counts: dict[str, int]
    ) -> None:
        details = {"kind": broadcast.draft.kind.value, "audience": broadcast.draft.audience.kind.value}
        entry = AuditEntry(actor, f"broadcasts.{what}", f"broadcast:{broadcast.id}", {**details, **counts})
        await self.audit.record(tx, entry)

    def _broadcast(self, tx: Tx, row: BroadcastRow) -> Broadcast:
        opened = self.keyring.for_school(tx.school_id).read(row.content, _CONTENT)
        title, text = (UNREADABLE, UNREADABLE) if opened is None else orjson.loads(opened)
        audience = Audience(AudienceKind(row.audience), tuple(row.audience_values))
        return Broadcast(
            id=row.id,
            draft=Draft(Kind(row.kind), title, text, audience),
            status=Status(row.status),
            created_by=row.created_by,
            created_at=row.created_at,
            confirmed_by=row.confirmed_by,
            starts_at=row.starts_at,
            people=row.people,
            messages=row.messages,
            unreached=row.unreached,
            expanded_at=row.expanded_at,
            stopped_at=row.stopped_at,
            report=row.report,
        )


def _whole(broadcast: Broadcast) -> Broadcast:
    """An announcement that may go out: nobody is sent the sign of a lost one."""
    if not is_readable(broadcast.draft.text):
        raise SealedDataError("an announcement cannot be read")
    return broadcast
