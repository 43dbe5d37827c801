"""Links a chat account to a guardian by a one-time code, shows the children, and undoes the link."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction, link_first
from bot.messages import Choice, Reply
from bot.router import Topic
from core.conversations.domain import FlowState
from core.db.transaction import Tx
from core.guardians.domain import Child, LinkOutcome, LinkResult
from core.guardians.service import Guardians
from core.values.clock import SCHOOL_TIME

_ABOUT_CHILD = (Choice("menu.checkins"), Choice("menu.fees"), BACK)


@dataclass(frozen=True, slots=True)
class VerificationFlow(Flow):
    """Who are the children of the person who writes."""

    guardians: Guardians

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """Link, unlink, or list the children."""
        intent = exchange.intent
        if intent.topic is Topic.UNLINK:
            return await self._unlink(tx, exchange)
        if intent.topic is Topic.LINK and intent.argument:
            result = await self.guardians.link(tx, exchange.turn.account_id, intent.argument)
            return _told(result)
        if intent.topic is Topic.LINK:
            return Reaction(
                (Reply("link.ask_code", {}, (Choice("menu.school"), BACK)),), FlowState("link", "code")
            )
        children = await self.guardians.children_of(tx, exchange.turn.account_id)
        if not children:
            return link_first("children")
        choices = (Choice("menu.checkins"), Choice("menu.fees"), Choice("link.undo"), BACK)
        return Reaction((Reply("children.list", {"children": _names(children)}, choices),))

    async def _unlink(self, tx: Tx, exchange: Exchange) -> Reaction:
        if exchange.intent.argument != "yes":
            return Reaction((Reply("link.undo_sure", {}, (Choice("link.undo.yes"), BACK)),))
        gone = await self.guardians.unlink(tx, exchange.turn.account_id)
        return Reaction((Reply("link.undone" if gone else "link.nothing_to_undo", {}, (BACK,)),))


def _told(result: LinkResult) -> Reaction:
    if result.outcome in {LinkOutcome.LINKED, LinkOutcome.ALREADY_LINKED}:
        params = {"children": _names(result.children)}
        return Reaction((Reply(f"link.{result.outcome.value}", params, _ABOUT_CHILD),))
    wait = result.retry_at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m") if result.retry_at else ""
    key = "link.wait" if wait else "link.wrong_code"
    return Reaction((Reply(key, {"until": wait}, (Choice("menu.school"), BACK)),), FlowState("link", "code"))


def _names(children: tuple[Child, ...]) -> list[dict[str, str]]:
    return [{"name": child.full_name, "class": child.class_name} for child in children]
