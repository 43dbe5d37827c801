"""Gives orders to kiosks, hands them out when a kiosk asks, and takes the results; in the caller's transaction.

It decides nothing about who may order what: the caller has checked the right. It tells nobody of results either:
`finish` and `expire` give back what ended, and whoever called tells the person who gave the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pydantic import TypeAdapter

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.contracts.commands import CommandOutcome, CommandResult, DeviceCommand, KioskState, Order
from core.db.notify import notify
from core.db.transaction import PlatformTx, Tx
from core.devices.commands import repository
from core.devices.commands.domain import (
    MOST_OPEN,
    CommandNotFoundError,
    IssuedCommand,
    TooManyCommandsError,
    stands_for,
)
from core.devices.domain import DeviceRevokedError
from core.devices.service import Devices
from core.devices.tables import DeviceCommandRow
from core.values.clock import Clock
from core.values.ids import CommandId, DeviceId, SchoolId, new_id
from core.vault.keyring import Keyring

NOTIFY_CHANNEL = "device_commands"
_REPLY_LABEL = "device_command.reply_to"
_ORDER: TypeAdapter[Order] = TypeAdapter(Order)


@dataclass(frozen=True, slots=True)
class Commands:
    """The orders to every school's kiosks (lệnh cho máy)."""

    keyring: Keyring
    clock: Clock
    devices: Devices
    audit: Audit

    async def issue(
        self, tx: Tx, device_id: DeviceId, order: Order, *, actor: str, reply_to: str | None = None
    ) -> IssuedCommand:
        """Order a kiosk to do something; it learns of it as soon as this is committed.

        Raises:
            DeviceNotFoundError, DeviceRevokedError: when there is no such kiosk to order.
            TooManyCommandsError: when it has too many open orders already.
        """
        device = await self.devices.get(tx, device_id)
        if device.revoked_at is not None:
            raise DeviceRevokedError
        now = self.clock.now()
        if await repository.count_open(tx, device_id, now) >= MOST_OPEN:
            raise TooManyCommandsError
        command_id = CommandId(new_id())
        sealed = self.keyring.for_school(tx.school_id).seal(reply_to, _REPLY_LABEL) if reply_to else None
        values = {
            "id": command_id,
            "device_id": device_id,
            "order": order.model_dump(mode="json"),
            "issued_at": now,
            "issued_by": actor,
            "sealed_reply_to": sealed,
            "expires_at": now + stands_for(order),
        }
        await repository.insert_command(tx, values)
        await notify(tx, NOTIFY_CHANNEL, str(device_id))
        subject = f"device:{device_id}"
        await self.audit.record(tx, AuditEntry(actor, f"devices.ordered_{order.kind}", subject))
        return IssuedCommand(
            command_id, tx.school_id, device_id, order, now, actor, now + stands_for(order), reply_to=reply_to
        )

    async def pending(self, tx: Tx, device_id: DeviceId) -> tuple[DeviceCommand, ...]:
        """The orders that a kiosk has still to answer, oldest first; it may be told of one more than once."""
        now = self.clock.now()
        rows = await repository.list_open(tx, device_id, now)
        fresh = [row.id for row in rows if row.handed_at is None]
        if fresh:
            await repository.mark_handed(tx, fresh, now)
        return tuple(
            DeviceCommand(
                id=row.id,
                order=_ORDER.validate_python(row.order),
                issued_at=row.issued_at,
                expires_at=row.expires_at,
            )
            for row in rows
        )

    async def finish(
        self, tx: Tx, device_id: DeviceId, command_id: CommandId, result: CommandResult
    ) -> IssuedCommand | None:
        """Take a kiosk's result; None when this order had one already, so a repeated one changes nothing.

        Raises:
            CommandNotFoundError: when this kiosk was never given such an order.
        """
        values: dict[str, Any] = {
            "finished_at": self.clock.now(),
            "outcome": result.outcome.value,
            "detail": result.detail,
        }
        if result.state is not None:
            values["state"] = result.state.model_dump(mode="json")
        row = await repository.finish_command(tx, device_id, command_id, values)
        if row is not None:
            return self._issued(row)
        if await repository.find_command(tx, device_id, command_id) is None:
            raise CommandNotFoundError
        return None

    async def schools_with_expired(self, tx: PlatformTx) -> tuple[SchoolId, ...]:
        """The schools in which `expire` would find something."""
        return tuple(SchoolId(one) for one in await repository.schools_with_expired(tx, self.clock.now()))

    async def expire(self, tx: Tx) -> tuple[IssuedCommand, ...]:
        """Close the orders that no kiosk answered in time; says which."""
        return self._all(await repository.expire_commands(tx, self.clock.now()))

    async def list_recent(self, tx: Tx, most: int = 20) -> tuple[IssuedCommand, ...]:
        """The latest orders, newest first."""
        return self._all(await repository.list_commands(tx, most))

    async def states(self, tx: Tx) -> dict[DeviceId, IssuedCommand]:
        """For each kiosk the last order whose answer told its state."""
        return {DeviceId(row.device_id): self._issued(row) for row in await repository.latest_states(tx)}

    async def forget(self, tx: PlatformTx, keep: timedelta) -> int:
        """Delete what ended longer ago than `keep`; the audit trail stays. Says how many."""
        return await repository.forget_commands(tx, self.clock.now() - keep)

    def _all(self, rows: Sequence[DeviceCommandRow]) -> tuple[IssuedCommand, ...]:
        return tuple(self._issued(row) for row in rows)

    def _issued(self, row: DeviceCommandRow) -> IssuedCommand:
        school_id, reply_to = SchoolId(row.school_id), None
        if row.sealed_reply_to is not None:
            reply_to = self.keyring.for_school(school_id).read(row.sealed_reply_to, _REPLY_LABEL)
        return IssuedCommand(
            id=CommandId(row.id),
            school_id=school_id,
            device_id=DeviceId(row.device_id),
            order=_ORDER.validate_python(row.order),
            issued_at=row.issued_at,
            issued_by=row.issued_by,
            expires_at=row.expires_at,
            handed_at=row.handed_at,
            finished_at=row.finished_at,
            outcome=CommandOutcome(row.outcome) if row.outcome else None,
            detail=row.detail or "",
            state=KioskState.model_validate(row.state) if row.state else None,
            reply_to=reply_to,
        )
