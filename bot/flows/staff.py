"""The chats of staff: they join by a code, take hand-overs, answer, and say when they have finished.

In a group only what names a hand-over (a button, its code, a quoted alert) goes to a guardian: staff may talk
among themselves. In a person's own staff chat plain words go to the one whom that person answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.flows.staff_commands import StaffCommand, Verb, command_of, joining
from bot.messages import Choice, InboundMessage
from core.conversations.desk.domain import Answering, StaffChat, code_of, mask_numbers, words_of
from core.conversations.desk.service import HandoverDesk
from core.conversations.domain import Handover, HandoverNotFoundError
from core.db.transaction import Tx
from core.errors import CoreError
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.staff.authority import Right
from core.staff.chat_rights import ChatReach, may, require
from core.staff.domain import NotAllowedError
from core.values.clock import SCHOOL_TIME
from core.values.ids import new_id

_EXPLAINED = (
    Right.ANSWER_GUARDIANS,
    Right.DECIDE_CHECK_INS,
    Right.VERIFY_GUARDIANS,
    Right.MANAGE_DEVICES,
    Right.MANAGE_EXAMS,
)
"""What can be done in a chat at all."""
_SENT = "📎"
"""What stands for words when staff send a file alone."""


@dataclass(frozen=True, slots=True)
class StaffFlow:
    """Reads what staff write in their chats."""

    desk: HandoverDesk
    reach: ChatReach

    async def react(self, tx: Tx, message: InboundMessage) -> tuple[NewNotification, ...] | None:
        """What to tell the staff chat; None when the message is not one of staff's."""
        code = joining(message)
        if code:
            return (await self._join(tx, message, code),)
        chat = await self.desk.chats.find(tx, message.channel, message.chat_id)
        if chat is None:
            return None
        command = command_of(message)
        if command is None or (chat.is_group and command.verb is Verb.ANSWER and not command.code):
            return ()
        by = _by(chat, message)
        if not chat.is_group and not await self._is_for_desk(tx, command, by):
            return None  # this person writes as a guardian like any other
        try:
            if command.verb is Verb.HELP:
                return (_told(message, "desk.help", _help(chat), f"{chat.id}:{message.message_id}"),)
            require(chat, Right.ANSWER_GUARDIANS)
            async with tx.session.begin_nested():
                key, params = await self._do(tx, command, by, message)
        except CoreError as error:
            key, params = f"error.{error.code}", {}
        return (_told(message, key, params, f"{chat.id}:{message.message_id}"),)

    async def _join(self, tx: Tx, message: InboundMessage, code: str) -> NewNotification:
        try:
            async with tx.session.begin_nested():
                chat = await self.desk.chats.join(tx, message.channel, message.chat_id, code)
        except CoreError as error:
            return _told(message, f"error.{error.code}", {}, f"join:{new_id()}")
        return _told(message, "desk.joined", {"name": chat.name, "is_group": chat.is_group}, str(chat.id))

    async def _do(
        self, tx: Tx, command: StaffCommand, by: Answering, message: InboundMessage
    ) -> tuple[str, Mapping[str, Any]]:
        if command.verb is Verb.LIST:
            return "desk.list", {"open": [_listed(one) for one in await self._mine(tx, by)]}
        meant = await self._meant(tx, command, by)
        if len(meant) != 1:
            return "desk.which" if meant else "desk.none", {"open": [_listed(one) for one in meant]}
        handover, params = (
            meant[0],
            {"code": code_of(meant[0]), "is_group": by.chat is not None and by.chat.is_group},
        )
        finish = {"choices": [Choice(f"desk.done:{code_of(handover)}").as_param()]}
        if command.verb is Verb.DONE or (command.verb is Verb.PICK and handover.taken_by == by.name):
            await self.desk.end(tx, handover.id, by)
            return "desk.closed", params
        if command.verb is Verb.ANSWER:
            words = (f"{by.actor.partition(':')[2]}:{message.message_id}", command.text or _SENT)
            await self.desk.answer(tx, handover.id, by, words, message.file)
            return "desk.sent", params | finish
        await self.desk.take(tx, handover.id, by)
        text = mask_numbers(words_of(await self.desk.lines(tx, handover.id)))
        return "desk.you_took", params | finish | {"text": text}

    async def _meant(self, tx: Tx, command: StaffCommand, by: Answering) -> tuple[Handover, ...]:
        """The hand-overs that a command can mean: the one it names, else what is mine, else what waits."""
        found = await self._mine(tx, by)
        if command.code:
            named = tuple(one for one in await self.desk.list_open(tx) if code_of(one) == command.code)
            if not named:
                raise HandoverNotFoundError
            if not set(named) <= set(found):
                raise NotAllowedError
            return named
        mine = tuple(one for one in found if _has(by, one))
        if command.verb in {Verb.ANSWER, Verb.DONE}:
            return mine
        waiting = tuple(one for one in found if one.taken_by is None)
        return waiting or (mine if command.verb is Verb.PICK else ())

    async def _mine(self, tx: Tx, by: Answering) -> tuple[Handover, ...]:
        """The open hand-overs that the people of this chat may answer."""
        found = await self.desk.list_open(tx)
        if by.chat is None:
            return found
        return tuple(
            [
                one
                for one in found
                if self.reach.may_answer(by.chat, await self.reach.classes_behind(tx, one.account_id))
            ]
        )

    async def _is_for_desk(self, tx: Tx, command: StaffCommand, by: Answering) -> bool:
        """Whether words or a bare "1" in a person's own chat can mean a hand-over: a parent says the same."""
        if command.verb is Verb.ANSWER and not command.code:
            return any(_has(by, one) for one in await self.desk.list_open(tx))
        return command.verb is not Verb.PICK or bool(await self._meant(tx, command, by))


def _help(chat: StaffChat) -> Mapping[str, Any]:
    """What this chat can do, by its rights.

    Raises:
        NotAllowedError: when that is nothing.
    """
    able = [right.value for right in _EXPLAINED if may(chat, right)]
    if not able:
        raise NotAllowedError
    return {"able": able, "is_group": chat.is_group}


def _by(chat: StaffChat, message: InboundMessage) -> Answering:
    """Who writes: the person's name where the channel tells it, else the chat's."""
    return Answering(message.staff_name.strip() or chat.name, f"chat:{chat.id}", chat)


def _has(by: Answering, handover: Handover) -> bool:
    """Whether this person answers it: in one's own chat only what was taken there, because two may share a name."""
    if handover.taken_by != by.name:
        return False
    return by.chat is None or by.chat.is_group or handover.taken_chat_id == by.chat.id


def _listed(handover: Handover) -> dict[str, str]:
    since = (handover.waiting_since or handover.opened_at).astimezone(SCHOOL_TIME)
    return {
        "code": code_of(handover),
        "since": since.strftime("%H:%M %d/%m"),
        "by": handover.taken_by or "",
        "urgent": "yes" if handover.urgency == "emergency" else "",
    }


def _told(message: InboundMessage, key: str, params: Mapping[str, Any], once: str) -> NewNotification:
    to = Recipient(message.channel, message.chat_id)
    return NewNotification(to, key, params, f"staff:{once}", Urgency.REPLY)
