"""A school with many guardians, each with a chat, to announce something to."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.app import Core
from core.broadcasts.domain import Audience, AudienceKind, Broadcast, Draft, Kind
from core.broadcasts.worker import BroadcastWorker
from core.db.transaction import Database
from core.fees.domain import NewInvoice
from core.guardians.domain import CodeStrength, NewGuardian, Relation
from core.students.domain import NewStudent
from core.values.ids import SchoolId, StudentId
from core.values.money import vnd
from core.values.phone import Phone

EVERYBODY = Audience(AudienceKind.SCHOOL)


@dataclass
class Parish:
    """A school whose guardians have chats; `students` in the order in which they were added."""

    core: Core
    school_id: SchoolId
    students: tuple[StudentId, ...]

    @property
    def database(self) -> Database:
        return self.core.database

    async def draft(self, audience: Audience = EVERYBODY, kind: Kind = Kind.NOTICE) -> Broadcast:
        async with self.database.transaction(self.school_id) as tx:
            return await self.core.broadcasts.draft(
                tx, Draft(kind, "Nghỉ lễ", "Mai nghỉ.", audience), "staff:x"
            )

    async def announce(self, audience: Audience = EVERYBODY, kind: Kind = Kind.NOTICE) -> Broadcast:
        made = await self.draft(audience, kind)
        async with self.database.transaction(self.school_id) as tx:
            return await self.core.broadcasts.confirm(tx, made.id, "staff:y")

    def worker(self, batch: int = 200) -> BroadcastWorker:
        return BroadcastWorker(self.database, self.core.database_url, self.core.broadcasts, batch)

    async def told(self, broadcast: Broadcast) -> list[tuple[str, str]]:
        """(channel, address) of every message, in no order."""
        async with self.database.transaction(self.school_id) as tx:
            sent = await self.core.notifications.list_recent(tx, limit=10_000)
        mine = [one for one in sent if one.dedupe_key.startswith(broadcast.dedupe_prefix)]
        return sorted((one.recipient.channel, one.recipient.address) for one in mine)


async def parish(core: Core, school_id: SchoolId, families: int, channel: str = "zalo") -> Parish:
    """`families` pupils in classes 6A and 7A, one guardian each; every guardian has a chat on `channel`.

    The first also has the web chat, the last has no chat at all, the second owes a fee.
    """
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "Trường Hoa Phượng")
        new = [
            NewStudent("6A" if n % 2 == 0 else "7A", f"Nguyễn Văn Tên{n}", date(2014, 1, 1), "male")
            for n in range(families)
        ]
        students = tuple(one.student_id for one in await core.students.record_all(tx, new))
        entries = [
            NewGuardian(student, Relation.MOTHER, f"Mẹ {n}", Phone(f"+8490{n:07}"))
            for n, student in enumerate(students)
        ]
        placed = (await core.guardians.record_all(tx, entries)).placed
        for n, one in enumerate(placed[:-1]):
            for way in (channel, "webchat") if n == 0 else (channel,):
                account = await core.conversations.meet(tx, way, f"chat-{n}")
                code = await core.guardians.issue_link_code(tx, one.guardian_id, CodeStrength.SENT)
                await core.guardians.link(tx, account.id, code.value)
        due = date(2026, 12, 1)
        await core.fees.issue(tx, NewInvoice(students[1], "Bán trú", vnd(500_000), due))
    return Parish(core, school_id, students)
