"""Proving to be a guardian with VNeID: a link out of the chat, and six digits back into it."""

from __future__ import annotations

from dataclasses import dataclass

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction
from bot.messages import Choice, Reply
from core.conversations.domain import FlowState
from core.db.transaction import Tx
from core.guardians import notices
from core.guardians.evidence import Evidence, Identity, Means
from core.guardians.service import Guardians
from core.guardians.strangers import warned
from core.notifications.domain import Recipient
from core.signon.service import SignOns

_OTHERWISE = (Choice("verify.start"), Choice("menu.school"), BACK)


@dataclass(frozen=True, slots=True)
class VneidFlow(Flow):
    """Sends to the provider and judges what comes back."""

    sign_ons: SignOns
    guardians: Guardians
    public_url: str
    on: bool

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """The link, or what became of the digits that were typed."""
        if not self.on:
            return Reaction((Reply("vneid.off", {}, _OTHERWISE),))
        account_id, typed = exchange.turn.account_id, exchange.intent.argument
        if not typed:
            token = await self.sign_ons.invite(tx, account_id)
            params = {"link": f"{self.public_url.rstrip('/')}/signon/{token}"}
            return Reaction((Reply("vneid.link", params, (BACK,)),), FlowState("vneid", "code"))
        person = await self.sign_ons.confirm(tx, account_id, typed)
        if person is None:
            choices = (Choice("verify.vneid"), Choice("menu.school"), BACK)
            return Reaction((Reply("vneid.wrong_code", {}, choices),), FlowState("vneid", "code"))
        identity = Identity(person.citizen_id, person.full_name, person.born_on)
        evidence = Evidence(
            Means.VNEID, account_id, identity, reference="vneid", ip=exchange.message.origin or ""
        )
        proven = await self.guardians.apply_evidence(tx, evidence)
        to = Recipient(exchange.turn.channel, exchange.turn.address)
        once = f"vneid:{exchange.turn.id}"
        others = await warned(self.guardians, tx, account_id, proven.joined, f"{once}:other")
        return Reaction((), also=(notices.of_proof(to, proven, once), *others))
