"""Rings the chats of the gate's staff for what is no check-in: a guardian's visit, a kiosk that needs a hand.

Who stands at the gate need not look at the console. It names nobody: a kiosk, and codes; the sentences are the
bot's. Keys: `gate.binding_needs_staff`, `gate.trouble`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from core.conversations.desk.staff_chats import StaffChats
from core.db.transaction import Tx
from core.devices.domain import Device
from core.notifications.domain import NewNotification, Urgency
from core.notifications.service import Notifications
from core.staff.authority import Right
from core.staff.chat_rights import may
from core.values.clock import Clock

RINGS_FOR = timedelta(minutes=5)
"""How long a ring is worth something; nobody stands before a kiosk longer."""
_AGAIN_AFTER_SECONDS = 3600
"""A trouble that lasts is told once in this time."""
_FIRST_STAGE = 1


@dataclass(frozen=True, slots=True)
class GateAlarms:
    """The bell of the people at the gate (chuông trực cổng)."""

    staff_chats: StaffChats
    notifications: Notifications
    clock: Clock

    async def binding(self, tx: Tx, device: Device, report_id: UUID) -> None:
        """A guardian stands at a kiosk and was not bound: somebody of the school must look."""
        params = {"gate": device.name}
        await self._ring(tx, "gate.binding_needs_staff", params, f"binding:{report_id}", Urgency.EMERGENCY)

    async def troubles(self, tx: Tx, device: Device, codes: tuple[str, ...]) -> None:
        """A kiosk says what is wrong with it; each trouble is told once an hour while it lasts, and wakes nobody.

        A reader that is unplugged at night is told in the morning, if it still is.
        """
        hour = int(self.clock.now().timestamp() // _AGAIN_AFTER_SECONDS)
        for code in codes:
            params = {"gate": device.name, "code": code}
            await self._ring(tx, "gate.trouble", params, f"trouble:{device.id}:{code}:{hour}", Urgency.NORMAL)

    async def _ring(self, tx: Tx, key: str, params: dict[str, Any], dedupe: str, urgency: Urgency) -> None:
        until = self.clock.now() + RINGS_FOR
        chats = await self.staff_chats.list_chats(tx)
        able = [one for one in chats if one.stage == _FIRST_STAGE and may(one, Right.DECIDE_CHECK_INS)]
        told = [
            NewNotification(
                recipient=one.recipient,
                key=key,
                params=params,
                dedupe_key=f"{dedupe}:chat{number}",
                urgency=urgency,
                expires_at=until,
            )
            for number, one in enumerate(able)
            if one.recipient is not None
        ]
        await self.notifications.enqueue(tx, *told)
