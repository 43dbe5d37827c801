"""Staff decide claims of guardians from their chats: by a button with a usual reason, or typed with one of their own.

Only chats that the school made staff chats are heard, and a class chat for the pupils of its class only. Where
staff must choose the pupil or the place, the console is named instead: nobody is approved by guess.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from bot.folding import strip_marks
from bot.messages import Choice, InboundMessage
from core.conversations.desk.domain import StaffChat
from core.conversations.desk.staff_chats import StaffChats
from core.db.transaction import Tx
from core.errors import CoreError
from core.guardians import notices
from core.guardians.cases.domain import Case, CaseNotFoundError
from core.guardians.service import Guardians
from core.guardians.strangers import warned
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.staff.authority import Right
from core.staff.chat_rights import may_for, require, require_for
from core.students.names import given_name
from core.values.ids import ChatAccountId, ClassId

_TYPED = re.compile(r"^\s*(xac minh|bac|verify|deny)\s+#?([0-9a-f]{6})\b[\s:,]*", re.IGNORECASE)
_APPROVING = frozenset({"xac minh", "verify"})
_BUTTONS = {
    "verify.approve": (True, "đã gặp và xem thẻ căn cước"),
    "verify.refuse": (False, "không đúng người giám hộ"),
}


@dataclass(frozen=True, slots=True)
class Command:
    """What staff want done with a case (lệnh duyệt)."""

    approve: bool
    code: str
    reason: str


def command_of(message: InboundMessage) -> Command | None:
    """The command in a message, if it is one.

    >>> command_of(InboundMessage("zalo", "c", "1", "xác minh a1b2c3 đã xem thẻ tại văn phòng")).reason
    'đã xem thẻ tại văn phòng'
    """
    kind, _, code = message.choice.partition(":")
    if kind in _BUTTONS and code:
        approve, reason = _BUTTONS[kind]
        return Command(approve, code, reason)
    text = unicodedata.normalize("NFC", message.text)
    found = _TYPED.match(strip_marks(text))
    if found is None:
        return None
    # Composed letters lose their marks one by one, so the reason stands where the match ended.
    return Command(found[1].lower() in _APPROVING, found[2], text[found.end() :].strip())


@dataclass(frozen=True, slots=True)
class ApprovalFlow:
    """Alerts staff chats of claims, and reads their decisions."""

    chats: StaffChats
    guardians: Guardians

    async def react(self, tx: Tx, message: InboundMessage) -> tuple[NewNotification, ...] | None:
        """What to tell, to staff and to the chat that asked; None when this is no decision of staff."""
        command = command_of(message)
        chat = await self.chats.find(tx, message.channel, message.chat_id) if command else None
        if command is None or chat is None:
            return None
        to, once = Recipient(message.channel, message.chat_id), f"{chat.id}:{message.message_id}"
        try:
            require(chat, Right.VERIFY_GUARDIANS)
            async with tx.session.begin_nested():
                told = await self._decide(tx, chat, command)
        except CoreError as error:
            return (_told(to, f"error.{error.code}", {}, once),)
        done = {"approved": command.approve, "code": command.code.upper()}
        return (_told(to, "verify.decided", done, once), *told)

    async def _decide(self, tx: Tx, chat: StaffChat, command: Command) -> tuple[NewNotification, ...]:
        cases, actor = self.guardians.cases, f"chat:{chat.id}"
        case = await cases.find_by_code(tx, command.code)
        if case is None:
            raise CaseNotFoundError
        require_for(chat, Right.VERIFY_GUARDIANS, await self._class_of(tx, case))
        if command.approve:
            place = await cases.obvious_place(tx, case)
            decided = await cases.approve(tx, case.id, place, actor, command.reason)
        else:
            decided = await cases.refuse(tx, case.id, actor, command.reason)
        if case.account_id is None:
            return ()
        asked = await self.guardians.conversations.recipient_of(tx, case.account_id)
        notice = notices.of_decision(asked, decided.children, f"case:{case.id}", approved=decided.approved)
        once = f"case:{case.id}:other"
        return (notice, *await warned(self.guardians, tx, case.account_id, decided.joined, once))

    async def alerts(self, tx: Tx, account_id: ChatAccountId) -> tuple[NewNotification, ...]:
        """Word to the staff chats of the newest case of an account, once; names are kept short."""
        mine = [one for one in await self.guardians.cases.list_open(tx) if one.account_id == account_id]
        if not mine:
            return ()
        case = mine[-1]
        params, class_id = await self._params(tx, case), await self._class_of(tx, case)
        chats = [one for one in await self.chats.list_chats(tx) if one.recipient is not None]
        return tuple(
            NewNotification(one.recipient, "verify.case", params, f"case:{case.id}:{one.id}", Urgency.NORMAL)
            for one in chats
            if one.recipient is not None and may_for(one, Right.VERIFY_GUARDIANS, class_id)
        )

    async def _class_of(self, tx: Tx, case: Case) -> ClassId | None:
        """The class of the pupil that a case is about; None when the school does not know the pupil."""
        pupil = await self.guardians.students.find(tx, case.student_id) if case.student_id else None
        return pupil.class_id if pupil else None

    async def _params(self, tx: Tx, case: Case) -> dict[str, object]:
        approvable = await self.guardians.cases.obvious_place(tx, case) is not None
        codes = (["verify.approve"] if approvable else []) + ["verify.refuse"]
        return {
            "code": case.code,
            "name": case.identity.full_name,
            "end": case.identity.number.value[-3:] if case.identity.number else "?",
            "child": given_name(case.child.full_name) if case.child else "",
            "class": case.child.class_name if case.child else "",
            "kind": case.kind.value,
            "approvable": approvable,
            "choices": [Choice(f"{code}:{case.code}").as_param() for code in codes],
        }


def _told(to: Recipient, key: str, params: dict[str, object], once: str) -> NewNotification:
    return NewNotification(to, key, params, f"approval:{once}", Urgency.REPLY)
