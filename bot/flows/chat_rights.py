"""What the people of a staff chat may do, by the same table as the console (`core.staff.authority`).

A chat has no class, so a right that reaches one class only is not enough here: a homeroom teacher decides about the
own class in the console.
"""

from __future__ import annotations

from core.conversations.desk.domain import StaffChat
from core.staff.authority import Reach, Right, Role, reach
from core.staff.domain import NotAllowedError


def may(chat: StaffChat, right: Right) -> bool:
    """Whether the people of a chat have a right over the whole school; an unknown role has none."""
    return chat.role in set(Role) and reach(Role(chat.role), right) is Reach.SCHOOL


def require(chat: StaffChat, right: Right) -> None:
    """Stop who may not.

    Raises:
        NotAllowedError: when the chat's role lacks the right.
    """
    if not may(chat, right):
        raise NotAllowedError
