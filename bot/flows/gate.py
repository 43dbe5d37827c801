"""Staff drive the gates from their chats: answers to pupils who wait, and orders to kiosks.

Only chats that the school made staff chats are heard, each with the rights of its role; what anybody else writes
here goes on as an ordinary message. The kiosk's own word comes later, as a message of its own (`core.checkins.gate`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.flows.gate_words import GateOrder, VisitAnswer, gate_command_of
from bot.folding import strip_marks
from bot.messages import Choice, InboundMessage
from core.checkins.gate import GateDesk
from core.conversations.desk.domain import StaffChat
from core.conversations.desk.staff_chats import StaffChats
from core.db.transaction import Tx
from core.devices.domain import Device
from core.errors import CoreError
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.staff.authority import Right
from core.staff.chat_rights import may_for, require, require_for

_DRIVEN = ("state", "lock", "unlock", "attendance", "exam")


@dataclass(frozen=True, slots=True)
class GateFlow:
    """Reads what staff write about the gates."""

    chats: StaffChats
    gate: GateDesk

    async def react(self, tx: Tx, message: InboundMessage) -> tuple[NewNotification, ...] | None:
        """What to tell the staff chat; None when this is no word of staff about the gates."""
        command = gate_command_of(message)
        if command is None:
            return None
        chat = await self.chats.find(tx, message.channel, message.chat_id)
        if chat is None:
            return None
        to = Recipient(message.channel, message.chat_id)
        answers = isinstance(command, VisitAnswer)
        try:
            require(chat, Right.DECIDE_CHECK_INS if answers else Right.MANAGE_DEVICES)
            async with tx.session.begin_nested():
                if isinstance(command, VisitAnswer):
                    told = await self._answer(tx, command, chat, to)
                else:
                    told = await self._order(tx, command, f"chat:{chat.id}", to)
        except CoreError as error:
            told = (f"error.{error.code}", {})
        if told is None:
            return None if isinstance(command, VisitAnswer) and not command.code else ()
        key, params = told
        dedupe = f"gate:{chat.id}:{message.message_id}"
        return (NewNotification(to, key, params, dedupe, Urgency.REPLY),)

    async def _answer(
        self, tx: Tx, command: VisitAnswer, chat: StaffChat, to: Recipient
    ) -> tuple[str, Mapping[str, Any]] | None:
        found = await self.gate.waiting(tx, command.code)
        if command.code and len(found) == 1:
            require_for(chat, Right.DECIDE_CHECK_INS, found[0].class_id)
        waiting = [one for one in found if may_for(chat, Right.DECIDE_CHECK_INS, one.class_id)]
        if not waiting:
            # A bare "tới" in a group is talk among staff; with a code it was meant for a pupil.
            return ("gate.nobody_waits", {}) if command.code else None
        if len(waiting) > 1:
            return "gate.which_pupil", {"codes": [one.code for one in waiting]}
        actor = f"chat:{chat.id}"
        done = await self.gate.answer(tx, waiting[0].id, command.answer, actor=actor, reply_to=to)
        if not done.too_late:
            return "gate.passed_on", {"answer": command.answer.value}
        device = await self.gate.devices.get(tx, done.device_id)
        return "gate.too_late", {"gate": device.name, "kind": "answer", "answer": command.answer.value}

    async def _order(
        self, tx: Tx, command: GateOrder, actor: str, to: Recipient
    ) -> tuple[str, Mapping[str, Any]]:
        devices = [one for one in await self.gate.devices.list_devices(tx) if one.revoked_at is None]
        if not devices:
            return "gate.none", {}
        meant = [one for one in devices if _is_meant(one, command)]
        asks_all = command.order.kind == "state" and not command.name and not command.code
        if not meant or (len(meant) > 1 and not asks_all):
            choices = [Choice(f"gate.state:{code_of(one)}", one.name).as_param() for one in devices]
            return "gate.which", {"gates": [one.name for one in devices], "choices": choices}
        for device in meant:
            await self.gate.order(tx, device.id, command.order, actor=actor, reply_to=to)
        choices = [Choice(f"gate.{verb}:{code_of(meant[0])}").as_param() for verb in _DRIVEN]
        params: dict[str, Any] = {"gates": [one.name for one in meant], "kind": command.order.kind}
        return "gate.ordered", params | ({"choices": choices} if len(meant) == 1 else {})


def code_of(device: Device) -> str:
    """The six characters under which a button names a kiosk.

    Random bits of the id, not its time: two kiosks enrolled in one minute differ.
    """
    return device.id.hex[-6:].upper()


def _is_meant(device: Device, command: GateOrder) -> bool:
    if command.code:
        return code_of(device) == command.code
    return not command.name or command.name in strip_marks(device.name)
