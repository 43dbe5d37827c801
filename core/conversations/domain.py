"""Chat accounts, turns and the state of a conversation, as values.

Nothing here knows what a flow is called or what it remembers: the state is a name, a step and plain data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, ClassVar, Literal
from uuid import UUID

import orjson

from core.errors import ConflictError, NotFoundError
from core.values.ids import ChatAccountId, ConversationId

IDLE_AFTER = timedelta(hours=6)
"""After this silence the next sentence begins a new conversation: old context would mislead."""

TEXT_MAX = 4096
"""What is longer is cut before it is kept: a whole message of the longest channel (Telegram), and no question
needs more (a 64 KB text costs us 4 KB)."""

CODE_MAX = 64
"""A choice's code fits a Telegram button (1-64 bytes)."""


class ChatAccountNotFoundError(NotFoundError):
    """No such chat account in this school."""

    code: ClassVar[str] = "conversations.account_not_found"


class TurnAlreadyClosedError(ConflictError):
    """The turn was answered already; answering twice would send twice."""

    code: ClassVar[str] = "conversations.turn_closed"


class HandoverNotFoundError(NotFoundError):
    """No open hand-over for this conversation."""

    code: ClassVar[str] = "conversations.handover_not_found"


class HandoverTakenError(ConflictError):
    """Another member of staff answers already."""

    code: ClassVar[str] = "conversations.handover_taken"


@dataclass(frozen=True, slots=True)
class FlowState:
    """Where a conversation stands: which flow, which step, what it remembers, which choices it offered.

    >>> FlowState.load(FlowState("fees", "child", {"n": 2}, ("fees.child:1",)).dump()).step
    'child'
    """

    flow: str = ""
    step: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)
    choices: tuple[str, ...] = ()

    def dump(self) -> str:
        """The state as JSON, for sealing."""
        return orjson.dumps(
            {"flow": self.flow, "step": self.step, "data": dict(self.data), "choices": self.choices}
        ).decode()

    @classmethod
    def load(cls, text: str) -> FlowState:
        """Read what `dump` wrote."""
        raw = orjson.loads(text)
        return cls(raw["flow"], raw["step"], raw["data"], tuple(raw["choices"]))


@dataclass(frozen=True, slots=True)
class ChatAccount:
    """One person's account on one channel (tài khoản trò chuyện)."""

    id: ChatAccountId
    channel: str
    address: str = field(repr=False)
    locale: str
    state: FlowState = field(repr=False)
    introduced: bool
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class Said:
    """One earlier sentence (lời đã nói)."""

    role: Literal["user", "bot"]
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """One message and, later, its answer (lượt trò chuyện).

    `closed` tells a replay from a first try, `with_staff` that a hand-over of this account is open.
    """

    id: UUID
    account_id: ChatAccountId
    conversation_id: ConversationId
    channel: str
    address: str = field(repr=False)
    locale: str
    text: str = field(repr=False)
    history: tuple[Said, ...] = field(repr=False)
    state: FlowState = field(repr=False)
    introduced: bool
    closed: bool
    with_staff: bool = False


@dataclass(frozen=True, slots=True)
class Closing:
    """How a turn ended: what was answered (for later context), by which flow, and the state from here on."""

    answered: str = field(repr=False)
    flow: str
    state: FlowState = field(repr=False)
    locale: str | None = None


class LineOrigin(StrEnum):
    """Who wrote a line of the web chat."""

    GUARDIAN = "guardian"
    SCHOOL = "school"


@dataclass(frozen=True, slots=True)
class ChatLine:
    """One line of the web chat as the page shows it (dòng trò chuyện)."""

    id: UUID
    origin: LineOrigin
    body: Mapping[str, Any] = field(repr=False)
    said_at: datetime


class HandoverUrgency(StrEnum):
    """How fast a person must look at a hand-over."""

    NORMAL = "normal"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Handover:
    """A conversation that a person of the school takes over (chuyển cho người thật).

    `waiting_since` is when the guardian wrote what nobody has answered yet; `stage` says how far up it was
    told, `raised_at` when last; `taken_chat_id` is the staff chat that has it, if not the console.
    """

    id: UUID
    account_id: ChatAccountId
    reason: str
    urgency: HandoverUrgency
    opened_at: datetime
    taken_by: str | None
    taken_at: datetime | None
    closed_at: datetime | None
    stage: int = 1
    waiting_since: datetime | None = None
    raised_at: datetime | None = None
    taken_chat_id: UUID | None = None

    @property
    def is_open(self) -> bool:
        """Whether staff have not ended it yet."""
        return self.closed_at is None


@dataclass(frozen=True, slots=True)
class ChannelToken:
    """The pair of tokens of one official account (cặp khoá truy cập kênh); both stay out of every repr."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    expires_at: datetime
