"""Talks with the bot without HTTP: the real pipeline, inbox and outbox, one message at a time."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import takewhile

from bot.app import Bot, build_bot
from bot.messages import InboundMessage, Rendered
from bot.pipeline import Pipeline
from bot.settings import BotSettings
from bot.texts.render import render
from core.conversations.domain import FlowState
from core.inbox.domain import InboxEvent, Incoming
from core.inbox.worker import InboxWorker
from core.notifications.domain import Notification, Recipient
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.values.ids import NotificationId, new_id
from tests.bot.support import KnownAnswers, load_sample

SOURCE = "talk"
MOST_AT_ONCE = 25
"""No turn says as much; reading a whole long chat after each would be most of the test's time."""


@dataclass
class Talk:
    """One person's chat on the web channel."""

    bot: Bot
    pipeline: Pipeline
    worker: InboxWorker
    chat: str = field(default_factory=lambda: f"talk-{new_id()}")
    seen: NotificationId | None = None
    """The last message that was read; a chat taken up anew gets its latest ones at first."""
    answers: list[Notification] = field(default_factory=list)

    async def say(
        self, text: str = "", choice: str = "", link_code: str = "", attachment: str = ""
    ) -> list[Notification]:
        """Write, press or send something; the new messages to this chat."""
        payload = {
            "text": text,
            "choice": choice,
            "link_code": link_code,
            "chat": self.chat,
            "attachment": attachment,
        }
        core = self.bot.core
        async with core.database.transaction(SCHOOL_ID) as tx:
            await core.inbox.record(tx, Incoming(SOURCE, str(new_id()), self.chat, payload))
        claimed = await self.worker.exchange([], 1)
        outcomes = [done for job in claimed.jobs if (done := await self.worker.work(job)) is not None]
        await self.worker.exchange(outcomes, 0)
        assert not [one for one in outcomes if one.failure], outcomes
        async with core.database.transaction(SCHOOL_ID) as tx:
            sent = await core.notifications.list_recent(tx, Recipient("webchat", self.chat), MOST_AT_ONCE)
        new = [*takewhile(lambda one: one.id != self.seen, sent)][::-1]
        assert self.seen is None or len(new) < MOST_AT_ONCE
        self.seen = sent[0].id if sent else None
        self.answers = new
        return new

    async def state(self) -> FlowState:
        core = self.bot.core
        async with core.database.transaction(SCHOOL_ID) as tx:
            account = await core.conversations.find_account(tx, "webchat", self.chat)
        return account.state if account else FlowState()

    async def is_handed_over(self) -> bool:
        core = self.bot.core
        async with core.database.transaction(SCHOOL_ID) as tx:
            account = await core.conversations.find_account(tx, "webchat", self.chat)
            assert account is not None
            return await core.handovers.find_open(tx, account.id) is not None

    def last(self) -> Rendered:
        """The last message as the person reads it."""
        one = self.answers[-1]
        return render(one.key, one.params, one.params.get("locale", "vi"))


def _receive(event: InboxEvent) -> InboundMessage:
    said = event.payload
    return InboundMessage(
        "webchat",
        said["chat"],
        event.external_id,
        said["text"],
        said["choice"],
        said["link_code"],
        attachment=said["attachment"],
    )


@asynccontextmanager
async def talking(settings: CoreSettings) -> AsyncIterator[Talk]:
    """The sample school and a chat with its bot."""
    bot = build_bot(BotSettings(port=0), settings, KnownAnswers())
    try:
        await load_sample(bot.core)
        pipeline = replace(bot.pipeline(), receive={SOURCE: _receive})
        core = bot.core
        handlers = {SOURCE: pipeline.handle}
        yield Talk(
            bot, pipeline, InboxWorker(core.database, core.database_url, core.inbox, core.clock, handlers)
        )
    finally:
        await bot.core.database.dispose()
