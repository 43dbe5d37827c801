"""Which staff chats hear of a hand-over, and what they are told. The console is woken with them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.conversations.desk.domain import StaffChat, code_of, mask_numbers
from core.conversations.desk.ports import Hearing
from core.conversations.desk.staff_chats import StaffChats
from core.conversations.domain import Handover, HandoverUrgency
from core.db.transaction import Tx
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.notifications.service import Notifications

CONSOLE = Recipient("console", "staff")


@dataclass(frozen=True, slots=True)
class _Alert:
    """What staff chats are told; `dedupe` makes it once per chat."""

    key: str
    params: Mapping[str, Any]
    dedupe: str
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Alerts:
    """Tells staff, each chat once per event (báo người trực)."""

    notifications: Notifications
    chats: StaffChats
    hearing: Hearing

    async def said(
        self,
        tx: Tx,
        handover: Handover,
        said: tuple[str, str],
        opening: datetime,
        file: Mapping[str, Any] | None = None,
    ) -> None:
        """The guardian wrote: to whoever has it, or to the stages that know of it; an emergency to all.

        What is no emergency lets staff sleep until `opening`.
        """
        joined, urgent = await self._hearing(tx, handover), is_urgent(handover)
        if handover.taken_by is not None and not urgent:
            told, key = [one for one in joined if one.id == handover.taken_chat_id], "handover.guardian_said"
        else:
            told, key = _who_know(joined, handover), "handover.staff_alert"
        dedupe = f"handover:{handover.id}:said:{said[0]}"
        params = _params(handover, said[1]) | ({"file": dict(file)} if file else {})
        alert = _Alert(key, params, dedupe, None if urgent else opening)
        await self._tell(tx, told, handover, alert)

    async def raised(self, tx: Tx, handover: Handover, text: str, minutes: int, now: datetime) -> None:
        """Nobody answered: to everybody up to the stage that it has reached now."""
        told = _who_know(await self._hearing(tx, handover), handover)
        dedupe = f"handover:{handover.id}:raised:{now.timestamp():.0f}"
        params = _params(handover, text) | {"minutes": minutes}
        await self._tell(tx, told, handover, _Alert("handover.raised", params, dedupe))

    async def others(self, tx: Tx, handover: Handover, but: StaffChat | None, key: str, name: str) -> None:
        """Somebody took, ended or left it: to the other chats that know of it."""
        knew = _who_know(await self._hearing(tx, handover), handover)
        told = [one for one in knew if but is None or one.id != but.id]
        dedupe = f"handover:{handover.id}:{key}:{handover.taken_at.timestamp() if handover.taken_at else 0}"
        params = {"code": code_of(handover), "name": name}
        await self._tell(tx, told, handover, _Alert(key, params, f"{dedupe}:{name}"))

    async def ring(self, tx: Tx, handover: Handover, what: str) -> None:
        """Wake the open pages of the console; `what` makes it happen once."""
        urgency = Urgency.EMERGENCY if is_urgent(handover) else Urgency.REPLY
        dedupe = f"handover:{handover.id}:{what}:console"
        await self.notifications.enqueue(tx, NewNotification(CONSOLE, "desk.changed", {}, dedupe, urgency))

    async def _hearing(self, tx: Tx, handover: Handover) -> list[StaffChat]:
        joined = [one for one in await self.chats.list_chats(tx) if one.recipient]
        return list(await self.hearing.who_may_hear(tx, joined, handover))

    async def _tell(self, tx: Tx, chats: Iterable[StaffChat], handover: Handover, alert: _Alert) -> None:
        urgency = Urgency.EMERGENCY if is_urgent(handover) else Urgency.REPLY
        to = [one for one in chats if one.recipient is not None]
        able = {one.id for one in await self.hearing.who_may_answer(tx, to, handover)}
        told = tuple(
            NewNotification(
                *(
                    one.recipient,
                    alert.key,
                    _with_button(alert.params, handover, one) if one.id in able else _heard(alert.params),
                ),
                *(f"{alert.dedupe}:{one.id}", urgency, alert.not_before),
            )
            for one in to
            if one.recipient is not None
        )
        await self.notifications.enqueue(tx, *told)
        await self.ring(tx, handover, alert.dedupe)


def is_urgent(handover: Handover) -> bool:
    """Whether everybody has to look now."""
    return handover.urgency is HandoverUrgency.EMERGENCY


def _who_know(joined: list[StaffChat], handover: Handover) -> list[StaffChat]:
    first = min((one.stage for one in joined), default=1)
    reached = max(handover.stage, first)
    return joined if is_urgent(handover) else [one for one in joined if one.stage <= reached]


def _params(handover: Handover, text: str) -> dict[str, Any]:
    code = code_of(handover)
    return {
        "code": code,
        "text": mask_numbers(text),
        "urgent": is_urgent(handover),
        "reason": handover.reason,
        "choices": [],
    }


def _heard(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """For a chat that hears of an emergency and may not answer: it is told so, and has no button."""
    return {**params, "only_hears": True} if "choices" in params else params


def _with_button(params: Mapping[str, Any], handover: Handover, chat: StaffChat) -> Mapping[str, Any]:
    """With the one button that works in this chat: it can end what it has, and take what is nobody's or waits."""
    if "choices" not in params:
        return params
    has_it = handover.taken_by is not None and handover.taken_chat_id == chat.id
    free = handover.taken_by is None or handover.raised_at is not None
    verb = "desk.done" if has_it else "desk.take" if free else ""
    choices = [{"code": f"{verb}:{params['code']}", "label": ""}] if verb else []
    return {**params, "choices": choices}
