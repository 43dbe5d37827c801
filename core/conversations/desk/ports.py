"""What the desk asks of others: which staff chats may hear of whom, and answer.

Roles and classes are not known here.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from core.conversations.desk.domain import StaffChat
from core.conversations.domain import Handover
from core.db.transaction import Tx


class Hearing(Protocol):
    """Says who may hear what a guardian wrote, and who may answer."""

    async def who_may_hear(
        self, tx: Tx, chats: Collection[StaffChat], handover: Handover
    ) -> tuple[StaffChat, ...]:
        """Those of these chats that may be told of this hand-over."""
        ...

    async def who_may_answer(
        self, tx: Tx, chats: Collection[StaffChat], handover: Handover
    ) -> tuple[StaffChat, ...]:
        """Those of these chats that may take it; of an emergency more hear than may answer."""
        ...
