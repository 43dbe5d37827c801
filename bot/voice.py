"""Puts a notification into words, in the language of whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.messages import Rendered
from bot.texts.render import VI, UnknownTextError, render
from core.conversations.service import Conversations
from core.db.transaction import Database
from core.notifications.domain import Outgoing
from core.notifications.ports import GiveUp


@dataclass(frozen=True, slots=True)
class Voice:
    """Renders what goes out."""

    database: Database
    conversations: Conversations

    async def say(self, outgoing: Outgoing) -> Rendered:
        """The message in words; replies bring their language, other notifications use the account's.

        Raises:
            GiveUp: when no sentence has this key, or a param is missing: trying again would not help.
        """
        locale = outgoing.params.get("locale") or await self._locale(outgoing)
        try:
            return render(outgoing.key, outgoing.params, locale)
        except (UnknownTextError, KeyError) as error:
            raise GiveUp("text_missing") from error

    async def _locale(self, outgoing: Outgoing) -> str:
        to = outgoing.recipient
        async with self.database.transaction(outgoing.school_id) as tx:
            account = await self.conversations.find_account(tx, to.channel, to.address)
        return account.locale if account else VI
