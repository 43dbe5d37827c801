"""What the children of the person who writes still owe, and how to pay it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction, chosen, link_first, other_children
from bot.messages import Choice, Reply
from core.conversations.domain import FlowState
from core.db.transaction import Tx
from core.fees.domain import Invoice, NoAccountError
from core.fees.service import Fees
from core.guardians.domain import Child
from core.guardians.levels import Feature, may
from core.guardians.service import Guardians
from core.values.clock import school_date

_MOST_CODES = 3
"""Picks of single invoices; with the children and the way back they stay five buttons on most channels."""
_STILL_NEWS = timedelta(days=30)
"""So long somebody with nothing to pay is told of a fee that was taken back."""


@dataclass(frozen=True, slots=True)
class FeesFlow(Flow):
    """Lists invoices, per child when there are several."""

    guardians: Guardians
    fees: Fees

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """Every open invoice, with its payment code; for a single one, or the one that was picked, the VietQR too."""
        children = await self.guardians.children_of(tx, exchange.turn.account_id)
        if not children:
            return link_first()
        children = tuple(child for child in children if may(child.level, Feature.FEES))
        if not children:
            return Reaction(
                (Reply("fees.verify_first", {}, (Choice("verify.start"), Choice("menu.school"), BACK)),)
            )
        asked = chosen(children, exchange.intent)
        every = await self.fees.list_invoices(tx, [child.student_id for child in asked])
        invoices = tuple(one for one in every if one.outstanding)
        wanted = tuple(one for one in every if str(one.reference) == exchange.intent.argument)
        picked = tuple(one for one in wanted if one.outstanding)
        gone = _told(asked, [one for one in wanted if not one.outstanding])
        choices = (*_codes(invoices, picked), *other_children("fees", children, asked))
        if not invoices:
            names = [child.full_name for child in asked]
            late = [
                one for one in every if one.withdrawn_at and exchange.now - one.withdrawn_at < _STILL_NEWS
            ]
            said = {"names": names, "gone": gone or _told(asked, late)}
            return Reaction((Reply("fees.none", said, (*choices, Choice("menu.checkins"), BACK)),))
        params = await self._params(tx, exchange, asked, picked or invoices) | {"gone": gone}
        return Reaction((Reply("fees.outstanding", params, (*choices, BACK)),), FlowState("fees"))

    async def _params(
        self, tx: Tx, exchange: Exchange, children: tuple[Child, ...], invoices: tuple[Invoice, ...]
    ) -> dict[str, Any]:
        names = {child.student_id: child.full_name for child in children}
        today = school_date(exchange.now)
        listed = [
            {
                "child": names[one.student_id],
                "title": one.title,
                "amount": int(one.outstanding),
                "paid": int(one.paid),
                "due": one.due_on.strftime("%d/%m/%Y"),
                "overdue": one.is_overdue(today),
                "reference": str(one.reference),
            }
            for one in invoices
        ]
        qr = await self._qr(tx, invoices[0]) if len(invoices) == 1 else ""
        return {"invoices": listed, "total": sum(int(one.outstanding) for one in invoices), "qr": qr}

    async def _qr(self, tx: Tx, invoice: Invoice) -> str:
        try:
            return await self.fees.payment_qr(tx, invoice)
        except NoAccountError:
            return ""


def _told(children: Sequence[Child], settled: Sequence[Invoice]) -> list[dict[str, Any]]:
    """What need not be paid any more, and why: a button or a message from before may still ask for it."""
    names = {child.student_id: child.full_name for child in children}
    return [
        {"title": one.title, "child": names[one.student_id], "withdrawn": one.withdrawn_at is not None}
        for one in settled
    ]


def _codes(invoices: tuple[Invoice, ...], shown: tuple[Invoice, ...]) -> tuple[Choice, ...]:
    """A pick for the QR code of each invoice of one pupil, where there are several; the one on show is left out."""
    if len(invoices) < 2 or len({one.student_id for one in invoices}) > 1:
        return ()
    left = (one for one in invoices if one not in shown)
    return tuple(Choice(f"fees:{one.reference}", f"QR: {one.title}"[:40]) for one in left)[:_MOST_CODES]
