"""Puts a notification into words, in the language of whoever reads it."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.files import FileRefusedError, Files
from bot.messages import Document, Rendered
from bot.texts.render import VI, UnknownTextError, render, say
from core.conversations.service import Conversations
from core.db.transaction import Database
from core.notifications.domain import Outgoing
from core.notifications.ports import GiveUp


@dataclass(frozen=True, slots=True)
class Voice:
    """Renders what goes out."""

    database: Database
    conversations: Conversations
    files: Files = field(default_factory=Files)

    async def say(self, outgoing: Outgoing) -> Rendered:
        """The message in words; replies bring their language, other notifications use the account's.

        Raises:
            GiveUp: when no sentence has this key, or a param is missing: trying again would not help.
        """
        locale = outgoing.params.get("locale") or await self._locale(outgoing)
        try:
            rendered = with_extras(render(outgoing.key, outgoing.params, locale), outgoing.params)
        except (UnknownTextError, KeyError) as error:
            raise GiveUp("text_missing") from error
        file = outgoing.params.get("file")
        return await self._with_file(rendered, file, locale) if file else rendered

    async def _with_file(self, rendered: Rendered, file: Mapping[str, Any], locale: str) -> Rendered:
        """What came along, or a word why it did not."""
        try:
            return replace(rendered, documents=(await self.files.document(file),))
        except FileRefusedError as error:
            why = say(f"file.{error.reason}", {}, locale)
            return replace(rendered, text=f"{rendered.text}\n{why}")

    async def last_seen(self, outgoing: Outgoing) -> datetime | None:
        """When the person last wrote on this channel; None when they never did."""
        to = outgoing.recipient
        async with self.database.transaction(outgoing.school_id) as tx:
            account = await self.conversations.find_account(tx, to.channel, to.address)
        return account.last_seen_at if account else None

    async def _locale(self, outgoing: Outgoing) -> str:
        to = outgoing.recipient
        async with self.database.transaction(outgoing.school_id) as tx:
            account = await self.conversations.find_account(tx, to.channel, to.address)
        return account.locale if account else VI


def with_extras(rendered: Rendered, params: Mapping[str, Any]) -> Rendered:
    """What goes beside the words: `documents` (name, mime, data in base64), `share_phone`, `forget`."""
    documents = tuple(
        Document(one["name"], one["mime"], base64.b64decode(one["data"]))
        for one in params.get("documents", ())
    )
    share, forget = bool(params.get("share_phone")), str(params.get("forget") or "")
    return replace(rendered, documents=documents, share_phone=share, forget=forget)
