"""Choosing what one wants to be told: at once, in one message a day, or not at all; for each kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time

from typing_extensions import override

from bot.flows.base import BACK, Exchange, Flow, Reaction
from bot.flows.checkins import is_told
from bot.messages import Choice, Reply
from bot.pausing import waiting
from core.consents.service import Consents
from core.conversations.domain import FlowState
from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.guardians.audience.service import Audience
from core.guardians.service import Guardians
from core.notifications.domain import Recipient
from core.preferences.domain import Kind, Mode, Preference
from core.preferences.service import Preferences

_HOURS = ("12", "18", "20")
_HOW = (Choice("prefs.now"), *(Choice(f"prefs.digest:{hour}") for hour in _HOURS), Choice("prefs.off"))
_SETTINGS = tuple(Choice(f"prefs:{kind.value}") for kind in Kind)


@dataclass(frozen=True, slots=True)
class PreferencesFlow(Flow):
    """Shows and changes how somebody is told; one choice counts for all chats of the person."""

    preferences: Preferences
    conversations: Conversations
    audience: Audience
    guardians: Guardians
    consents: Consents

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """The list, the question how, or the change. The argument is a kind, "now", "off" or "digest:HH"."""
        argument = exchange.intent.argument
        word, _, hour = argument.partition(":")
        kind = _kind(word) or _waiting_kind(exchange.turn.state)
        if kind is None:
            return await self._list(tx, exchange)
        if word not in {mode.value for mode in Mode}:
            return _ask_how(kind)
        good = hour.isascii() and hour.isdigit() and int(hour) < 24
        at = time(int(hour)) if good else Preference(kind).digest_at
        wanted = Preference(kind, Mode(word), at)
        accounts = await self.audience.accounts_beside(tx, exchange.turn.account_id)
        recipients = await self.conversations.recipients_of(tx, accounts)
        waited = await self.preferences.choose(tx, recipients, wanted)
        shown, agree = await self._shown(tx, exchange, (wanted,))
        choices = (*agree, Choice("menu.preferences"), BACK)
        return Reaction((Reply("preferences.set", {**shown[0], "waited": waited}, choices),))

    async def _list(self, tx: Tx, exchange: Exchange) -> Reaction:
        mine = Recipient(exchange.turn.channel, exchange.turn.address)
        shown, agree = await self._shown(tx, exchange, await self.preferences.of(tx, mine))
        return Reaction((Reply("preferences.list", {"wanted": shown}, (*_SETTINGS, *agree, BACK)),))

    async def _shown(
        self, tx: Tx, exchange: Exchange, wanted: Sequence[Preference]
    ) -> tuple[list[dict[str, str]], tuple[Choice, ...]]:
        """How each kind comes, and the choice to agree first: of arrivals nothing comes before that."""
        account_id = exchange.turn.account_id
        children = await self.guardians.children_of(tx, account_id)
        told = not children or await is_told(tx, self.guardians, self.consents, account_id, children)
        shown = [_params(one, waits=_waits(one, told=told)) for one in wanted]
        return shown, (Choice("arrivals.yes"),) if any(one["waits"] for one in shown) else ()


def _ask_how(kind: Kind) -> Reaction:
    reply = Reply("preferences.how", {"kind": kind.value}, (*_HOW, BACK))
    return Reaction((reply,), FlowState("preferences", "how", {"kind": kind.value}))


def _waits(wanted: Preference, *, told: bool) -> bool:
    """Whether this way of being told means nothing yet, because nobody agreed to be told."""
    return wanted.kind is Kind.ARRIVALS and wanted.mode is not Mode.OFF and not told


def _params(wanted: Preference, *, waits: bool) -> dict[str, str]:
    at = wanted.digest_at.strftime("%H:%M")
    return {"kind": wanted.kind, "mode": wanted.mode, "at": at, "waits": "yes" if waits else ""}


def _kind(word: str) -> Kind | None:
    return Kind(word) if word in {kind.value for kind in Kind} else None


def _waiting_kind(state: FlowState) -> Kind | None:
    """The kind that was being asked about."""
    left = waiting(state)
    return _kind(str(left.data.get("kind", ""))) if left is not None and left.flow == "preferences" else None
