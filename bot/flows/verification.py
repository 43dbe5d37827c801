"""Shows the children, and leads somebody through being verified: code, own phone, card page, kiosk.

It never asks for a picture of a card and never tells whether a number or a name is on the roll.
"""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction, link_first
from bot.flows.checkins import is_told
from bot.intents import Topic
from bot.messages import Choice, Reply
from core.consents.service import Consents
from core.conversations.domain import FlowState
from core.db.transaction import Tx
from core.guardians import notices
from core.guardians.domain import Level, LinkOutcome, LinkResult
from core.guardians.service import Guardians
from core.guardians.strangers import warned
from core.guardians.tickets.service import Purpose
from core.notifications.domain import NewNotification

MEANS = tuple(Choice(code) for code in ("verify.page", "verify.kiosk", "link.start", "menu.school"))
_ABOUT_CHILD = (Choice("menu.checkins"), Choice("menu.fees"), BACK)
_TELL_ME = (Choice("arrivals.yes"), Choice("arrivals.no"))
"""Linking is no consent to messages (Law 91/2025, article 9): it is asked, each purpose by itself."""


@dataclass(frozen=True, slots=True)
class VerificationFlow(Flow):
    """Who are the children of the person who writes, and how surely we know."""

    guardians: Guardians
    consents: Consents
    public_url: str = ""
    vneid: bool = False

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """Link, verify, unlink, or list the children."""
        intent = exchange.intent
        if intent.topic is Topic.UNLINK:
            return await self._unlink(tx, exchange)
        if intent.topic is Topic.LINK:
            return await self._link(tx, exchange)
        if intent.topic is Topic.VERIFY:
            return await self._verify(tx, exchange)
        children = await self.guardians.children_of(tx, exchange.turn.account_id)
        if not children:
            return link_first()
        more = () if all(child.level is Level.VERIFIED for child in children) else (Choice("verify.start"),)
        choices = (Choice("menu.checkins"), Choice("menu.fees"), *more, Choice("link.undo"), BACK)
        return Reaction((Reply("children.list", {"children": notices.names(children)}, choices),))

    async def _link(self, tx: Tx, exchange: Exchange) -> Reaction:
        account_id, phone = exchange.turn.account_id, exchange.message.phone
        if exchange.intent.argument:
            result = await self.guardians.link(
                tx, account_id, exchange.intent.argument, exchange.message.origin
            )
            return await self._told(tx, exchange, result, "link.wrong_code")
        if phone is not None:
            result = await self.guardians.link_phone(tx, account_id, phone)
            return await self._told(tx, exchange, result, "verify.phone_unknown")
        choices = (Choice("verify.page"), Choice("menu.school"), BACK)
        return Reaction((Reply("link.ask_code", {}, choices),), FlowState("link", "code"))

    async def _told(self, tx: Tx, exchange: Exchange, result: LinkResult, refused: str) -> Reaction:
        if result.outcome not in {LinkOutcome.LINKED, LinkOutcome.ALREADY_LINKED}:
            wait = notices.clock_time(result.retry_at)
            choices = (Choice("verify.page"), Choice("menu.school"), BACK)
            key = "link.wait" if wait else refused
            return Reaction((Reply(key, {"until": wait}, choices),), FlowState("link", "code"))
        account_id = exchange.turn.account_id
        told = await is_told(tx, self.guardians, self.consents, account_id, result.children)
        params = {"children": notices.names(result.children), "told": told}
        ask = result.outcome is LinkOutcome.LINKED and result.children and not told
        reply = Reply(f"link.{result.outcome.value}", params, (*(_TELL_ME if ask else ()), *_ABOUT_CHILD))
        return Reaction((reply,), also=await self._warned(tx, exchange, result))

    async def _warned(self, tx: Tx, exchange: Exchange, result: LinkResult) -> tuple[NewNotification, ...]:
        """Word to the chats that this guardian already had."""
        if result.outcome is not LinkOutcome.LINKED or result.guardian_id is None:
            return ()
        account_id, joined = exchange.turn.account_id, (result.guardian_id,)
        return await warned(self.guardians, tx, account_id, joined, f"{exchange.turn.id}")

    async def _verify(self, tx: Tx, exchange: Exchange) -> Reaction:
        means, account_id = exchange.intent.argument, exchange.turn.account_id
        if means == "contest":
            return await self._contest(tx, exchange)
        if means == "code":
            is_linked = bool(await self.guardians.children_of(tx, account_id))
            choices = (*(() if is_linked else (Choice("verify.page"),)), Choice("menu.school"), BACK)
            waits = FlowState() if is_linked else FlowState("link", "code")
            return Reaction((Reply("link.about_code", {}, choices),), waits)
        if means not in {"page", "kiosk"}:
            return Reaction((Reply("verify.means", {}, (*self._vneid(), *MEANS, BACK)),))
        ticket = await self.guardians.tickets.issue(tx, account_id, Purpose(means))
        if ticket is None:
            return Reaction((Reply("verify.later", {}, (Choice("menu.school"), BACK)),))
        if means == "kiosk":
            return Reaction((Reply("verify.kiosk", {"code": f"{ticket[:3]} {ticket[3:]}"}, (BACK,)),))
        url = f"{self.public_url.rstrip('/')}/verify#{ticket}"
        return Reaction((Reply("verify.page", {"url": url}, (Choice("verify.kiosk"), BACK)),))

    def _vneid(self) -> tuple[Choice, ...]:
        """VNeID, where the school has an agreement with it."""
        return (Choice("verify.vneid"),) if self.vneid else ()

    async def _contest(self, tx: Tx, exchange: Exchange) -> Reaction:
        done = await self.guardians.cases.contest(tx, exchange.turn.account_id)
        if not done.others:
            return Reaction((Reply("verify.nothing_to_contest", {}, (BACK,)),))
        params = {"let_go": done.let_go}
        return Reaction((Reply("verify.contested", params, (Choice("menu.school"), BACK)),))

    async def _unlink(self, tx: Tx, exchange: Exchange) -> Reaction:
        if exchange.intent.argument != "yes":
            return Reaction((Reply("link.undo_sure", {}, (Choice("link.undo.yes"), BACK)),))
        gone = await self.guardians.unlink(tx, exchange.turn.account_id)
        return Reaction((Reply("link.undone" if gone else "link.nothing_to_undo", {}, (BACK,)),))
