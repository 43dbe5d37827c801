"""The menu, the language, and what to do with a picture: the small replies that touch nothing."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from bot.flows.base import BACK, MAIN_MENU, Exchange, Flow, Reaction
from bot.intents import BEGUN, ENDED, MACHINE, UNCLEAR, Topic
from bot.messages import Choice, Reply
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
        """The menu, a small reply, another language, or why a picture does not help."""
        del tx
        intent = exchange.intent
        if intent.topic is Topic.LANGUAGE:
            return Reaction((Reply("menu.language", {}, MAIN_MENU),), locale=intent.argument)
        if intent.topic is Topic.ATTACHMENT:
            if intent.argument == "sticker":
                return Reaction((Reply("menu.unclear", {}, MAIN_MENU),), exchange.turn.state)
            if self.is_picture(intent.argument):
                forget = {"forget": exchange.message.message_id}  # the channel deletes it where it can
                return Reaction((Reply("verify.picture", forget, _SAFER),), exchange.turn.state)
            return Reaction((Reply("menu.attachment", {}, MAIN_MENU),), exchange.turn.state)
        return _small(exchange)


def _small(exchange: Exchange) -> Reaction:
    """The menu itself, how to ask, and what is said to an end, a wrong number and what nobody understands."""
    state = exchange.turn.state
    other = Choice("language.vi" if exchange.turn.locale == "en" else "language.en")
    told = {
        "number": Reaction((Reply("menu.number", {"most": len(state.choices)}),), state),
        UNCLEAR: Reaction((Reply("menu.unclear", {}, MAIN_MENU),), state),
        ENDED: Reaction((Reply("menu.end"),)),
        "ask": Reaction((Reply("menu.how_to_ask"),)),
        BEGUN: Reaction((Reply("menu.how_to_ask", {}, MAIN_MENU),), state),
        MACHINE: Reaction((Reply("bot.introduction", {}, (Choice("handover.yes"), BACK)),), state),
    }
    return told.get(exchange.intent.argument, Reaction((Reply("menu.welcome", {}, (*MAIN_MENU, other)),)))
