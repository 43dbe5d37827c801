"""What the people of a staff chat may do and hear, by the same table as the console (`core.staff.authority`).

A chat has a role, and that of a homeroom teacher a class: its rights reach the pupils of that class and nobody else.
A class chat that lost its class, and a chat with an unknown role, may nothing.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from core.conversations.desk.domain import StaffChat
from core.conversations.domain import Handover, HandoverUrgency
from core.db.transaction import Tx
from core.guardians.service import Guardians
from core.staff.authority import Reach, Right, Role, reach
from core.staff.domain import NotAllowedError
from core.values.ids import ChatAccountId, ClassId


def reach_of(chat: StaffChat, right: Right) -> Reach:
    """How far a right of a chat goes.

    >>> from uuid import UUID
    >>> reach_of(StaffChat(UUID(int=1), "Cổng", True, 1, None, None, "gate"), Right.DECIDE_CHECK_INS).name
    'SCHOOL'
    """
    if chat.role not in set(Role):
        return Reach.NONE
    how_far = reach(Role(chat.role), right)
    return Reach.NONE if how_far is Reach.CLASS and chat.class_id is None else how_far


def may(chat: StaffChat, right: Right) -> bool:
    """Whether a chat has a right, over some pupils at least."""
    return reach_of(chat, right) > Reach.NONE


def may_for(chat: StaffChat, right: Right, class_id: ClassId | None) -> bool:
    """Whether the right goes over the pupils of this class; None is somebody of no class."""
    how_far = reach_of(chat, right)
    return how_far is Reach.SCHOOL or (
        how_far is Reach.CLASS and class_id is not None and class_id == chat.class_id
    )


def require(chat: StaffChat, right: Right) -> None:
    """Stop who may not at all.

    Raises:
        NotAllowedError: when the chat's role lacks the right.
    """
    if not may(chat, right):
        raise NotAllowedError


def require_for(chat: StaffChat, right: Right, class_id: ClassId | None) -> None:
    """Stop who may not for the pupils of this class.

    Raises:
        NotAllowedError: when the right does not go so far.
    """
    if not may_for(chat, right, class_id):
        raise NotAllowedError


@dataclass(frozen=True, slots=True)
class ChatReach:
    """Whose conversations a staff chat may answer (`core.conversations.desk.ports.Hearing`)."""

    guardians: Guardians

    async def who_may_hear(
        self, tx: Tx, chats: Collection[StaffChat], handover: Handover
    ) -> tuple[StaffChat, ...]:
        """Those of these chats that may answer a guardian; when a child is in danger, everybody hears."""
        if handover.urgency is HandoverUrgency.EMERGENCY:
            return tuple(chats)
        return await self.who_may_answer(tx, chats, handover)

    async def who_may_answer(
        self, tx: Tx, chats: Collection[StaffChat], handover: Handover
    ) -> tuple[StaffChat, ...]:
        """Those of these chats that may answer the guardian of this hand-over."""
        classes = await self.classes_behind(tx, handover.account_id)
        return tuple(one for one in chats if self.may_answer(one, classes))

    async def classes_behind(self, tx: Tx, account_id: ChatAccountId) -> frozenset[ClassId]:
        """The classes of the children of whoever writes from a chat account; none of a stranger."""
        children = await self.guardians.children_of(tx, account_id)
        return frozenset(one.student.class_id for one in children)

    def may_answer(self, chat: StaffChat, classes: Collection[ClassId]) -> bool:
        """Whether a chat may answer somebody with children in these classes."""
        how_far = reach_of(chat, Right.ANSWER_GUARDIANS)
        return how_far is Reach.SCHOOL or (how_far is Reach.CLASS and chat.class_id in classes)
