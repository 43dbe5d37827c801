"""The menu, the language, and what to do with a picture: the small replies that touch nothing."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from bot.flows.base import MAIN_MENU, Exchange, Flow, Reaction
from bot.messages import Choice, Reply
from bot.router import Topic
from core.db.transaction import Tx

_PICTURES = frozenset({"photo", "image", "document", "file", "video"})
"""What may show a card: never looked at, never fetched, never kept."""
_SAFER = (Choice("verify.page"), Choice("handover.yes"), Choice("menu.main"))


@dataclass(frozen=True, slots=True)
class MenuFlow(Flow):
    """Says what can be done here."""

    @staticmethod
    def is_picture(kind: str) -> bool:
        """Whether an attachment of this kind may show a card."""
        return kind.rpartition(".")[2].lower() in _PICTURES

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """Welcome, how to ask, which numbers there are, another language, or why a picture does not help."""
        del tx
        intent = exchange.intent
        if intent.topic is Topic.LANGUAGE:
            return Reaction((Reply("menu.language", {}, MAIN_MENU),), locale=intent.argument)
        if intent.topic is Topic.ATTACHMENT:
            if self.is_picture(intent.argument):
                forget = {"forget": exchange.message.message_id}  # the channel deletes it where it can
                return Reaction((Reply("verify.picture", forget, _SAFER),), exchange.turn.state)
            return Reaction((Reply("menu.attachment", {}, MAIN_MENU),), exchange.turn.state)
        if intent.argument == "number":
            most = {"most": len(exchange.turn.state.choices)}
            return Reaction((Reply("menu.number", most),), exchange.turn.state)
        if intent.argument == "ask":
            return Reaction((Reply("menu.how_to_ask"),))
        other = Choice("language.vi" if exchange.turn.locale == "en" else "language.en")
        return Reaction((Reply("menu.welcome", {}, (*MAIN_MENU, other)),))
