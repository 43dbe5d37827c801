"""The menu, the language, and what to do with a picture: the small replies that touch nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from typing_extensions import override

from bot.flows.base import BACK, MAIN_MENU, Exchange, Flow, Reaction
from bot.intents import BEGUN, ENDED, MACHINE, UNCLEAR, Topic
from bot.messages import Choice, Reply
from core.db.transaction import Tx

_PICTURES = frozenset({"photo", "image", "document", "file", "video"})
"""What may show a card: never looked at, never fetched, never kept."""
_HEARD = frozenset({"voice", "audio", "video_note"})
_PLACES = frozenset({"location", "venue"})
_FEELINGS = frozenset({"sticker", "dice", "animation", "gif"})
"""What says a feeling or plays: answered with a smile, not with a warning."""
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
            return self._sent(exchange)
        return _small(exchange)

    def _sent(self, exchange: Exchange) -> Reaction:
        """What to do instead of sending something that is no text."""
        kind = exchange.intent.argument
        if self.is_picture(kind):
            forget = {"forget": exchange.message.message_id}  # the channel deletes it where it can
            return Reaction((Reply("verify.picture", forget, _SAFER),), exchange.turn.state)
        known = (("menu.sticker", _FEELINGS), ("menu.voice", _HEARD), ("menu.location", _PLACES))
        key = next((key for key, kinds in known if kind in kinds), "menu.attachment")
        return Reaction((Reply(key, {}, MAIN_MENU),), exchange.turn.state)


def beside_what_was_sent(exchange: Exchange, told: Reaction) -> Reaction:
    """The answer to the words that came with a picture or a file, and that only the words were read."""
    if not exchange.message.attachment or not told.replies:
        return told
    return replace(told, replies=(Reply("menu.only_words"), *told.replies))


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
