"""Staff drive the gates from their chats: answers to pupils who wait, and orders to kiosks.

Only chats that the school made staff chats are heard, each with the rights of its role; what anybody else writes
here goes on as an ordinary message. The kiosk's own word comes later, as a message of its own (`core.checkins.gate`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.flows.gate_rooms import AHEAD, label_of, meant, room_code_of, still_open
from bot.flows.gate_words import GateCommand, GateOrder, RoomOrder, VisitAnswer, gate_command_of
from bot.folding import strip_marks
from bot.messages import Choice, InboundMessage
from core.checkins.gate import GateDesk
from core.contracts.checkin import CheckInMode
from core.contracts.commands import OpenSession
from core.conversations.desk.domain import StaffChat
from core.conversations.desk.staff_chats import StaffChats
from core.db.transaction import Tx
from core.devices.domain import Device
from core.errors import CoreError
from core.exams.domain import ExamSession
from core.exams.service import Exams
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.staff.authority import Right
from core.staff.chat_rights import may, may_for, require, require_for

_MOST_ROOMS = 30
"""So many buttons are shown; the room is typed where there are more."""
_DRIVEN = ("state", "lock", "unlock", "attendance", "exam")


@dataclass(frozen=True, slots=True)
class GateFlow:
    """Reads what staff write about the gates."""

    chats: StaffChats
    gate: GateDesk
    exams: Exams

    async def react(self, tx: Tx, message: InboundMessage) -> tuple[NewNotification, ...] | None:
        """What to tell the staff chat; None when this is no word of staff about the gates."""
        command = gate_command_of(message)
        if command is None:
            return None
        chat = await self.chats.find(tx, message.channel, message.chat_id)
        if chat is None:
            return None
        to = Recipient(message.channel, message.chat_id)
        try:
            require(chat, _right(command))
            async with tx.session.begin_nested():
                if isinstance(command, VisitAnswer):
                    told = await self._answer(tx, command, chat, to)
                elif isinstance(command, RoomOrder):
                    told = await self._room(tx, command, chat, to)
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
        devices = await self._devices(tx)
        if not devices:
            return "gate.none", {}
        found = [one for one in devices if _is_meant(one, command)]
        asks_all = command.order.kind == "state" and not command.name and not command.code
        if not found or (len(found) > 1 and not asks_all):
            return _which_gate(devices)
        for device in found:
            await self.gate.order(tx, device.id, command.order, actor=actor, reply_to=to)
        choices = [Choice(f"gate.{verb}:{code_of(found[0])}").as_param() for verb in _DRIVEN]
        params: dict[str, Any] = {"gates": [one.name for one in found], "kind": command.order.kind}
        return "gate.ordered", params | ({"choices": choices} if len(found) == 1 else {})

    async def _room(
        self, tx: Tx, command: RoomOrder, chat: StaffChat, to: Recipient
    ) -> tuple[str, Mapping[str, Any]]:
        """A kiosk before one exam room; which one is asked where several begin, of whoever may give rooms away."""
        devices, now = await self._devices(tx), self.gate.clock.now()
        found = [one for one in devices if _is_meant(one, command)]
        if not devices:
            return "gate.none", {}
        rooms = still_open(await self.exams.list_between(tx, now, now + AHEAD), now)
        named = meant(rooms, command) if command.names_room else ()
        if len(found) != 1:
            return _which_gate(devices, named[0] if len(named) == 1 else None)
        (device,), actor = found, f"chat:{chat.id}"
        if command.names_room and not rooms:
            return "gate.no_room", {}
        if not command.names_room and (len(rooms) < 2 or not may(chat, Right.MANAGE_EXAMS)):
            order = GateOrder(OpenSession(mode=CheckInMode.EXAM), code_of(device))
            return await self._order(tx, order, actor, to)
        if len(named) != 1:
            return _which_room(device, named or rooms, is_unknown=command.names_room and not named)
        opened = OpenSession(mode=CheckInMode.EXAM, exam_session_id=named[0].id)
        await self.gate.order(tx, device.id, opened, actor=actor, reply_to=to)
        return "gate.ordered", {"gates": [device.name], "kind": "open", "room": named[0].room}

    async def _devices(self, tx: Tx) -> list[Device]:
        return [one for one in await self.gate.devices.list_devices(tx) if one.revoked_at is None]


def code_of(device: Device) -> str:
    """The six characters under which a button names a kiosk.

    Random bits of the id, not its time: two kiosks enrolled in one minute differ.
    """
    return device.id.hex[-6:].upper()


def _right(command: GateCommand) -> Right:
    """As in the console: drawing a room needs what the exams' room needs, opening the kiosk what "Thiết bị" needs."""
    if isinstance(command, VisitAnswer):
        return Right.DECIDE_CHECK_INS
    names_room = isinstance(command, RoomOrder) and command.names_room
    return Right.MANAGE_EXAMS if names_room else Right.MANAGE_DEVICES


def _which_gate(devices: Sequence[Device], room: ExamSession | None = None) -> tuple[str, Mapping[str, Any]]:
    """Asks for the gate, with what was wanted in the buttons where it is a room."""
    choices = [
        Choice(f"gate.room:{code_of(one)}-{room_code_of(room)}", one.name)
        if room
        else Choice(f"gate.state:{code_of(one)}", one.name)
        for one in devices
    ]
    names = [one.name for one in devices]
    return "gate.which", {"gates": names, "choices": [one.as_param() for one in choices]}


def _which_room(
    device: Device, rooms: Sequence[ExamSession], *, is_unknown: bool
) -> tuple[str, Mapping[str, Any]]:
    gate = code_of(device)
    choices = [Choice(f"gate.room:{gate}-{room_code_of(one)}", label_of(one)) for one in rooms[:_MOST_ROOMS]]
    choices.append(Choice(f"gate.all_rooms:{gate}"))
    return "gate.which_room", {
        "gate": device.name,
        "rooms": list(dict.fromkeys(one.room for one in rooms)),
        "is_unknown": is_unknown,
        "choices": [one.as_param() for one in choices],
    }


def _is_meant(device: Device, command: GateOrder | RoomOrder) -> bool:
    if command.code:
        return code_of(device) == command.code
    return not command.name or command.name in strip_marks(device.name)
