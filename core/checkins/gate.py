"""Staff's hand on the kiosks: answers to visits that wait, orders, and the word back to whoever gave them.

A decision is recorded whatever happens at the gate; whether the kiosk could still act on it is another fact, and
it is told as such. Rights are the caller's business.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import orjson

from core.checkins import repository
from core.checkins.gate_notices import about, code_of
from core.checkins.service import NOTIFY_CHANNEL, CheckIns
from core.contracts.commands import AnswerVisit, Order, StaffAnswer
from core.db.notify import notify
from core.db.transaction import Database, Tx
from core.devices.commands.domain import IssuedCommand
from core.devices.commands.service import Commands
from core.devices.domain import DeviceRevokedError
from core.devices.service import Devices
from core.notifications.domain import Recipient
from core.notifications.service import Notifications
from core.values.clock import Clock
from core.values.ids import CheckInId, ClassId, CommandId, DeviceId, SchoolId, StudentId
from core.work.rounds import each, rounds

STILL_THERE = timedelta(seconds=60)
"""Nobody stands before a kiosk longer than this; a later answer is recorded, and no screen is asked to show it."""
ANSWERABLE_FOR = timedelta(hours=2)
"""What waits longer is decided in the console, with the whole day before one's eyes."""
_SWEEP_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of staff's answer so far (trả lời của thầy cô).

    `command_id` is the order on its way to the kiosk; without one it was too late to ask.
    """

    device_id: DeviceId
    command_id: CommandId | None

    @property
    def too_late(self) -> bool:
        """Whether the pupil has certainly left."""
        return self.command_id is None


@dataclass(frozen=True, slots=True)
class WaitingVisit:
    """Somebody who waits for staff, and the short code that buttons and typed words name (lượt đang chờ)."""

    id: CheckInId
    code: str
    class_id: ClassId | None = None
    """The pupil's class; None for a stranger."""


@dataclass(frozen=True, slots=True)
class GateDesk:
    """What staff do with the gates (bàn trực cổng)."""

    clock: Clock
    check_ins: CheckIns
    commands: Commands
    devices: Devices
    notifications: Notifications

    async def answer(
        self,
        tx: Tx,
        check_in_id: CheckInId,
        answer: StaffAnswer,
        *,
        actor: str,
        reply_to: Recipient | None = None,
    ) -> Answered:
        """Decide a check-in that waits, or say that somebody is coming, and let its kiosk act on it.

        Raises:
            CheckInNotFoundError: when the school has no such check-in.
            AlreadyResolvedError: when it waits for nobody.
        """
        row = await self.check_ins.lock_waiting(tx, check_in_id)
        if answer is not StaffAnswer.COMING:
            approve = answer is StaffAnswer.APPROVED
            await self.check_ins.resolve(tx, check_in_id, approve=approve, actor=actor)
        device_id = DeviceId(row.device_id)
        if self.clock.now() - row.observed_at > STILL_THERE:
            return Answered(device_id, None)
        order = AnswerVisit(report_id=row.report_id, answer=answer)
        try:
            issued = await self.order(tx, device_id, order, actor=actor, reply_to=reply_to)
        except DeviceRevokedError:
            return Answered(device_id, None)
        return Answered(device_id, issued.id)

    async def waiting(self, tx: Tx, code: str = "") -> tuple[WaitingVisit, ...]:
        """Who waits for staff since a short while, oldest first; with a code only who bears it."""
        found = await repository.list_waiting(tx, self.clock.now() - ANSWERABLE_FOR)
        wanted = [one for one in found if code in {"", code_of(CheckInId(one.id))}]
        pupils = await self.check_ins.students.get_many(
            tx, {StudentId(one.student_id) for one in wanted if one.student_id}
        )
        classes: dict[UUID | None, ClassId] = {id_: pupil.class_id for id_, pupil in pupils.items()}
        return tuple(
            WaitingVisit(CheckInId(one.id), code_of(CheckInId(one.id)), classes.get(one.student_id))
            for one in wanted
        )

    async def order(
        self, tx: Tx, device_id: DeviceId, order: Order, *, actor: str, reply_to: Recipient | None = None
    ) -> IssuedCommand:
        """Order a kiosk to do something; whoever asked hears of the result at `reply_to`.

        Raises:
            DeviceNotFoundError, DeviceRevokedError, TooManyCommandsError: when it cannot be ordered.
        """
        address = orjson.dumps([reply_to.channel, reply_to.address]).decode() if reply_to else None
        return await self.commands.issue(tx, device_id, order, actor=actor, reply_to=address)

    async def finished(self, tx: Tx, command: IssuedCommand) -> None:
        """Tell whoever gave the order what became of it, and wake the console's pages."""
        await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))
        if command.reply_to is None:
            return
        channel, address = orjson.loads(command.reply_to)
        device = await self.devices.get(tx, command.device_id)
        await self.notifications.enqueue(tx, about(command, device.name, Recipient(channel, address)))


@dataclass(frozen=True, slots=True)
class GateSweep:
    """Closes orders that no kiosk answered in time, so that silence is told too (dọn lệnh quá hạn)."""

    database: Database
    gate: GateDesk

    async def once(self) -> int:
        """Close what has run out; says how many."""
        async with self.database.platform() as tx:
            schools = await self.gate.commands.schools_with_expired(tx)
        return await each("gate_orders", schools, self._close)

    async def run(self) -> None:
        """Until cancelled."""
        await rounds("gate_orders", self.once, lambda: asyncio.sleep(_SWEEP_SECONDS))

    async def _close(self, school_id: SchoolId) -> int:
        async with self.database.transaction(school_id) as own:
            expired = await self.gate.commands.expire(own)
            for command in expired:
                await self.gate.finished(own, command)
            return len(expired)
