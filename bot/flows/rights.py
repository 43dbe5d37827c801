"""One's own data by chat: see it, have it corrected or deleted, agree and take back; each with a receipt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction, link_first, numbered
from bot.messages import Choice, Reply
from bot.pausing import waiting
from core.consents.domain import CHILD_AGREES_FROM, NewConsent, Purpose, Standing, age_on
from core.consents.service import Consents
from core.conversations.domain import FlowState
from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.guardians.audience.service import Audience
from core.guardians.domain import Child
from core.guardians.levels import LEVEL_FOR, Feature
from core.guardians.service import Guardians
from core.notifications.domain import Recipient
from core.preferences.domain import Kind as MessageKind
from core.preferences.domain import Mode, Preference
from core.preferences.service import Preferences
from core.rights.domain import DataRequest, Kind, NewRequest
from core.rights.service import DataRights
from core.values.clock import school_date
from core.values.ids import ChatAccountId

_MENU = tuple(Choice(f"rights.{name}") for name in ("view", "consents", "correct", "delete", "withdraw"))
_AFTER = (Choice("menu.rights"), BACK)
_WHAT = {"view": Kind.VIEW, "correct": Kind.CORRECT, "delete": Kind.DELETE, "withdraw": Kind.WITHDRAW}


@dataclass(frozen=True, slots=True)
class RightsFlow(Flow):
    """Lets a verified guardian use the rights of the own children."""

    guardians: Guardians
    consents: Consents
    rights: DataRights
    preferences: Preferences
    conversations: Conversations
    audience: Audience
    public_url: str

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """The argument is what is wanted, with "yes", a child's number or the purpose behind a colon."""
        wanted, _, rest = exchange.intent.argument.partition(":")
        if not wanted:
            return Reaction((Reply("rights.menu", {}, (*_MENU, BACK)),))
        children = await self.guardians.children_of(tx, exchange.turn.account_id)
        if not children:
            return link_first()
        if wanted == "arrivals":
            return await self._arrivals(tx, exchange, children, given=rest == "yes")
        feature = Feature.CONSENTS if wanted in {"consents", "give", "stop", "withdraw"} else Feature.OWN_DATA
        known = tuple(one for one in children if one.level >= LEVEL_FOR[feature])
        if not known:
            return _verify_first(feature)
        if wanted in {"give", "stop"}:
            return await self._agree(tx, exchange, known, f"{wanted}-{rest}")
        return await self._for_one(tx, exchange, known, wanted, rest)

    async def _for_one(
        self, tx: Tx, exchange: Exchange, known: tuple[Child, ...], wanted: str, rest: str
    ) -> Reaction:
        """What concerns one child: the one that was chosen, or the question which."""
        left = waiting(exchange.turn.state) if wanted == "text" else None  # perhaps left for something else
        state = left or exchange.turn.state
        kept = dict(state.data)
        if wanted == "child":
            wanted, rest, kept = str(state.data.get("wanted", "view")), "", {"child": rest}
        child = _chosen(known, str(kept.get("child", "")))
        if child is None:
            return _which(known, wanted)
        return await self._about(tx, exchange, (child, str(kept.get("child", "1"))), wanted, rest)

    async def _about(
        self, tx: Tx, exchange: Exchange, about: tuple[Child, str], wanted: str, rest: str
    ) -> Reaction:
        child, number = about
        account_id, name = exchange.turn.account_id, child.full_name
        if wanted == "view":
            return await self._share(tx, exchange, child)
        if wanted == "consents":
            return await self._list(tx, exchange, child, number)
        if wanted in {"correct", "text"}:
            return await self._correct(tx, exchange, about, wanted)
        if rest != "yes":
            state = FlowState("rights", data={"child": number})
            sure = Reply(f"rights.{wanted}_sure", {"name": name}, (Choice(f"rights.{wanted}.yes"), BACK))
            return Reaction((sure,), state)
        if wanted == "withdraw":
            done = await self.rights.take_back(tx, child.student_id, account_id)
            return Reaction((Reply("rights.withdrawn", _receipt(done, name), _AFTER),))
        return await self._asked(tx, exchange, child, _WHAT[wanted], "")

    async def _share(self, tx: Tx, exchange: Exchange, child: Child) -> Reaction:
        request, token = await self.rights.share(tx, child.student_id, exchange.turn.account_id)
        link = {"link": f"{self.public_url.rstrip('/')}/my-data/{token}"}
        return Reaction((Reply("rights.ready", _receipt(request, child.full_name) | link, _AFTER),))

    async def _correct(self, tx: Tx, exchange: Exchange, about: tuple[Child, str], wanted: str) -> Reaction:
        child, number = about
        if wanted == "text":
            return await self._asked(tx, exchange, child, Kind.CORRECT, exchange.message.text)
        state = FlowState("rights", "correct", {"child": number})
        return Reaction((Reply("rights.what_is_wrong", {"name": child.full_name}, (BACK,)),), state)

    async def _asked(self, tx: Tx, exchange: Exchange, child: Child, kind: Kind, text: str) -> Reaction:
        account_id = exchange.turn.account_id
        new = NewRequest(kind, child.student_id, f"chat:{account_id}", account_id, text)
        request = await self.rights.open(tx, new)
        return Reaction((Reply("rights.received", _receipt(request, child.full_name), _AFTER),))

    async def _list(self, tx: Tx, exchange: Exchange, child: Child, number: str) -> Reaction:
        found = dict((await self.consents.standings(tx, (child.student_id,)))[child.student_id])
        us = await self.guardians.guardians_behind(tx, exchange.turn.account_id, child.student_id)
        told = Purpose.ATTENDANCE_MESSAGES
        own = await self.consents.own(tx, child.student_id, told, us)
        found[told] = Standing.GIVEN if Standing.GIVEN in own.values() else own[us[0]]
        params = {
            "name": child.full_name,
            "consents": [{"purpose": one.value, "standing": found[one].value} for one in Purpose],
        }
        choices = tuple(
            Choice(f"rights.{'stop' if found[one] == 'given' else 'give'}:{number}-{one.value}")
            for one in Purpose
        )
        return Reaction((Reply("rights.consents", params, (*choices, BACK)),))

    async def _agree(
        self,
        tx: Tx,
        exchange: Exchange,
        known: tuple[Child, ...],
        said: str,
    ) -> Reaction:
        """What is said is "give" or "stop", the child's number and the purpose."""
        verb, number, name = (*said.split("-", 2), "", "")[:3]
        given = verb == "give"
        child = _chosen(known, number)
        if child is None or name not in set(Purpose):
            return Reaction((Reply("rights.menu", {}, (*_MENU, BACK)),))
        purpose, account_id = Purpose(name), exchange.turn.account_id
        age = age_on(child.student.born_on, school_date(exchange.now))
        old_enough = age >= CHILD_AGREES_FROM or not child.student.is_readable
        if given and purpose is Purpose.PHOTOS and old_enough:
            return Reaction((Reply("rights.child_too", {"name": child.full_name}, _AFTER),))
        await self._record(tx, account_id, child, purpose, given=given)
        if purpose is Purpose.ATTENDANCE_MESSAGES and given:
            await self._unmute(tx, exchange)
        return await self._list(tx, exchange, child, number)

    async def _arrivals(
        self, tx: Tx, exchange: Exchange, children: tuple[Child, ...], *, given: bool
    ) -> Reaction:
        """Agree to messages when the children arrive, or take it back, for all of them in one word."""
        account_id = exchange.turn.account_id
        for child in children:
            await self._record(tx, account_id, child, Purpose.ATTENDANCE_MESSAGES, given=given)
        if given:
            await self._unmute(tx, exchange)
        params = {"names": [child.student.given_name for child in children]}
        choices = (Choice("menu.checkins"), Choice("menu.fees"), BACK)
        return Reaction((Reply(f"rights.arrivals_{'on' if given else 'off'}", params, choices),))

    async def _record(
        self, tx: Tx, account_id: ChatAccountId, child: Child, purpose: Purpose, *, given: bool
    ) -> None:
        """The word of everybody who writes from this chat: parents who share one are told there, or not."""
        for one in await self.guardians.guardians_behind(tx, account_id, child.student_id):
            new = NewConsent(child.student_id, purpose, given, f"chat:{account_id}", one)
            await self.consents.record(tx, new)

    async def _unmute(self, tx: Tx, exchange: Exchange) -> None:
        """Who agrees to be told of arrivals and had switched them off is told again; a daily digest stays one."""
        mine = Recipient(exchange.turn.channel, exchange.turn.address)
        wanted = {one.kind: one.mode for one in await self.preferences.of(tx, mine)}
        if wanted[MessageKind.ARRIVALS] is not Mode.OFF:
            return
        accounts = await self.audience.accounts_beside(tx, exchange.turn.account_id)
        recipients = await self.conversations.recipients_of(tx, accounts)
        await self.preferences.choose(tx, recipients, Preference(MessageKind.ARRIVALS, Mode.NOW))


def _verify_first(feature: Feature) -> Reaction:
    """Who is not known surely enough; what level 1 could agree to, it can take back as easily."""
    stop = (Choice("arrivals.no"),) if feature is Feature.CONSENTS else ()
    choices = (Choice("verify.start"), *stop, Choice("menu.school"), BACK)
    return Reaction((Reply("rights.verify_first", {}, choices),))


def _chosen(children: tuple[Child, ...], number: str) -> Child | None:
    if len(children) == 1:
        return children[0]
    return numbered(children, number)


def _which(children: tuple[Child, ...], wanted: str) -> Reaction:
    choices = tuple(
        Choice(f"rights.child:{number}", f"{child.full_name} ({child.class_name})")
        for number, child in enumerate(children, 1)
    )
    state = FlowState("rights", data={"wanted": wanted})
    return Reaction((Reply("rights.which_child", {}, (*choices, BACK)),), state)


def _receipt(request: DataRequest, name: str) -> dict[str, Any]:
    return {
        "number": request.number,
        "kind": request.kind.value,
        "name": name,
        "due": request.due_on.strftime("%d/%m/%Y"),
    }
