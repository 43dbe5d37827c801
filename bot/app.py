"""Puts the bot together: plain code, no container. Channels without a token are left out."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

from aiohttp import web

from bot.answers.access import Access, tell_quota
from bot.answers.api import AnswersApi
from bot.answers.librarian import Librarian, make_librarian
from bot.answers.ports import AnswersPort
from bot.attached import Attached
from bot.channels import attach_all
from bot.flows.approvals import ApprovalFlow
from bot.flows.ask import AskFlow
from bot.flows.days import DaysFlow
from bot.flows.gate import GateFlow
from bot.flows.handover import HandoverFlow
from bot.flows.staff import StaffFlow
from bot.flows.table import flows_of
from bot.pipeline import Pipeline
from bot.settings import BotSettings
from bot.verify_page.routes import VerifyPage
from bot.voice import Voice
from bot.watch import Watch
from bot.webchat.door import Door
from bot.webchat.routes import WebChat, receive
from bot.webchat.send import WebChatChannel
from core.app import Core, build_core
from core.conversations.lines import CHANNEL, ChatLines
from core.db.bell import Bell
from core.inbox.worker import InboxWorker
from core.notifications.delivery import DeliveryWorker
from core.notifications.domain import Recipient
from core.settings import CoreSettings, Environment, SettingsError, read_settings
from core.staff.chat_rights import ChatReach
from core.values.ids import SchoolId
from core.web.health import DatabaseReady, newest_revision
from core.web.server import WebParts, make_app, serving
from rag.answerer import Answerer
from rag.build import build_answerer
from rag.remembering import RememberedAnswers
from rag.settings import RagSettings


@dataclass(frozen=True, slots=True)
class Bot:
    """The bot, ready to run."""

    core: Core
    settings: BotSettings = field(repr=False)
    answers: AnswersPort

    async def school_id(self) -> SchoolId:
        """The school that this bot speaks for.

        Raises:
            SettingsError: when the database holds none or several and no setting says which.
        """
        if self.settings.school_id is not None:
            return SchoolId(self.settings.school_id)
        async with self.core.database.platform() as tx:
            schools = await self.core.schools.list_schools(tx)
        if not schools:
            raise SettingsError(
                'The database holds 0 schools: ./congtruong core add-school "Trường …" makes one.'
            )
        if len(schools) > 1:
            named = "".join(f"\n  {one.id}  {one.name}" for one in schools)
            raise SettingsError(
                f"The database holds {len(schools)} schools: set CONGTRUONG_BOT_SCHOOL_ID to one of{named}"
            )
        return schools[0].id

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        """Web, inbox and delivery while the block runs; yields the base URL."""
        school_id = await self.school_id()
        await self._ensure_staff_chat(school_id)
        bot, librarians = self._taught(school_id)
        voice = self.voice()
        async with attach_all(self.core, self.settings, school_id, voice) as channels:
            voice.files.fetchers.update({one.name: one.fetch for one in channels if one.fetch})
            pipeline = bot.pipeline(channels)
            app = bot.web_app(school_id, channels)
            async with (
                serving(app, self.settings.host, self.settings.port) as url,
                asyncio.TaskGroup() as group,
            ):
                workers = self._workers(school_id, pipeline, channels, voice)
                tasks = [group.create_task(worker.run()) for worker in workers]
                tasks += [group.create_task(librarian.run()) for librarian in librarians]
                tasks.append(
                    group.create_task(Watch(self.core, school_id, channels, self.settings.public_url).run())
                )
                tasks += [group.create_task(channel.listen()) for channel in channels if channel.listen]
                try:
                    yield url
                finally:
                    for task in tasks:
                        task.cancel()

    def _taught(self, school_id: SchoolId) -> tuple[Bot, tuple[Librarian, ...]]:
        """This bot with an answerer that follows what the school publishes, and who keeps it so."""
        if not isinstance(self.answers, Answerer):
            return self, ()
        librarian = make_librarian(self.core, school_id, self.answers, self.settings.province)
        return replace(self, answers=RememberedAnswers(librarian.living)), (librarian,)

    def _api(self, school_id: SchoolId) -> AnswersApi:
        core, asked_for = self.core, self.settings.api_key_required
        required = core.settings.environment is Environment.PRODUCTION if asked_for is None else asked_for
        access = Access(core.database, school_id, core.answers.api_keys, required)
        return AnswersApi(self.answers, access, self.settings.province, self.settings.stream_beat_seconds)

    def voice(self) -> Voice:
        """What puts notifications into words."""
        return Voice(self.core.database, self.core.conversations)

    def pipeline(self, channels: tuple[Attached, ...] = ()) -> Pipeline:
        """The way from an event to replies."""
        core = self.core
        handover, days = HandoverFlow(core.handovers), DaysFlow(core.calendars)
        return Pipeline(
            database=core.database,
            inbox=core.inbox,
            notifications=core.notifications,
            conversations=core.conversations,
            clock=core.clock,
            receive={CHANNEL: receive} | {one.name: one.receive for one in channels},
            flows=flows_of(core, self.settings.public_url, handover, days),
            ask=AskFlow(self.answers, core.answers.asked, core.guardians, self.settings.province),
            handover=handover,
            staff=StaffFlow(core.handovers, ChatReach(core.guardians)),
            gate=GateFlow(core.handovers.chats, core.gate, core.exams),
            approvals=ApprovalFlow(core.handovers.chats, core.guardians),
            days=days,
        )

    def web_app(self, school_id: SchoolId, channels: tuple[Attached, ...] = ()) -> web.Application:
        """Chat page, webhooks, answers API, health and metrics."""
        core, bell = self.core, Bell(self.core.database_url, CHANNEL)
        chat = WebChat(
            database=core.database,
            school_id=school_id,
            inbox=core.inbox,
            conversations=core.conversations,
            lines=self._lines(),
            bell=bell,
            door=Door(core.clock, self.settings.new_chats_per_hour),
            secure_cookies=self.settings.public_url.startswith("https://"),
            embedded=bool(self.settings.embed_in),
            behind_proxy=core.settings.behind_proxy,
        )
        app = make_app(
            WebParts(
                max_body_bytes=core.settings.max_body_bytes,
                apis=(self._api(school_id).api(),),
                routes=(
                    *(*chat.routes(), *VerifyPage(core, school_id, core.settings.behind_proxy).routes()),
                    *(route for one in channels for route in one.routes),
                ),
                ready_checks=(DatabaseReady(core.database, newest_revision()),),
                metrics=core.metrics,
                frame_ancestors=("'self'", *self.settings.embed_in),
            )
        )
        app.cleanup_ctx.append(bell.running)
        app.on_response_prepare.append(tell_quota)
        return app

    def _workers(
        self, school_id: SchoolId, pipeline: Pipeline, channels: tuple[Attached, ...], voice: Voice
    ) -> tuple[InboxWorker | DeliveryWorker, ...]:
        core = self.core
        webchat = WebChatChannel(core.database, core.conversations, self._lines(), voice, core.clock)
        handlers = dict.fromkeys(pipeline.receive, pipeline.handle)
        return (
            InboxWorker(
                core.database, core.database_url, core.inbox, core.clock, handlers, school_id=school_id
            ),
            DeliveryWorker(
                core.database,
                core.database_url,
                core.notifications,
                core.clock,
                {CHANNEL: webchat} | {one.name: one.channel for one in channels},
                {one.name: one.pace for one in channels if one.pace},
                lane_paces={one.name: one.lane_pace for one in channels if one.lane_pace},
                takes={one.name: one.takes for one in channels if one.takes},
                still_told=core.who_is_told,
                school_id=school_id,
            ),
        )

    def _lines(self) -> ChatLines:
        return ChatLines(self.core.keyring, self.core.clock)

    async def _ensure_staff_chat(self, school_id: SchoolId) -> None:
        """The chat that the settings name is a staff chat, beside those made in the console."""
        chat, channel = self.settings.staff_chat.get_secret_value(), self.settings.staff_channel
        if chat and channel:
            async with self.core.database.transaction(school_id) as tx:
                await self.core.handovers.chats.ensure(tx, Recipient(channel, chat), "Nhóm trực")


def build_bot(settings: BotSettings, core_settings: CoreSettings, answers: AnswersPort | None = None) -> Bot:
    """Make the bot over a core; the answerer loads the knowledge now.

    Raises:
        SettingsError: when the database or a key is not known, or a setting cannot be used.
    """
    return Bot(build_core(core_settings), settings, answers or build_answerer(read_settings(RagSettings)))
