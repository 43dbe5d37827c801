"""Leave asked for a child: staff read it at once and for which child; where there are several, the guardian is asked.

The note goes to staff before anything is asked, so an answer that never comes loses nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from typing_extensions import override

from bot.choosing import named
from bot.flows.base import Exchange, Flow, Reaction, numbered
from bot.flows.days import day_param
from bot.flows.handover import END, HandoverFlow
from bot.folding import fold
from bot.intents import LEAVE_ALL, LEAVE_NAMES, LEAVE_NOTE, Topic
from bot.messages import Choice, Reply
from bot.schooldays import folded, read_days
from bot.texts.render import VI, say
from core.checkins.absence.leaves import Leaves
from core.conversations.domain import FlowState, HandoverUrgency
from core.db.transaction import Tx
from core.guardians.domain import Child
from core.guardians.service import Guardians
from core.schools.calendar.domain import Lessons
from core.schools.calendar.service import Calendars
from core.values.clock import school_date
from core.values.ids import StudentId

_TWO = 2
_DAYS = "days"
Children = tuple[Child, ...]
Days = tuple[date, date] | None


@dataclass(frozen=True, slots=True)
class LeaveFlow(Flow):
    """Passes a note of leave on, with the name of the child."""

    guardians: Guardians
    handover: HandoverFlow
    leaves: Leaves
    calendars: Calendars

    @override
    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """`intent.argument` says whether it is a note, whom one is for, or a yes or no after it."""
        argument, children = exchange.intent.argument, await self._children(tx, exchange)
        if argument == LEAVE_NOTE:
            return await self._note(tx, exchange, children)
        meant = _of(children, argument)
        if meant:
            await self.leaves.note(tx, _ids(meant), _kept_days(exchange))
            await self._tell_staff(tx, exchange, say("leave.for", {"children": _lines(meant)}, VI))
            return await self._told(tx, exchange, meant, days=_kept_days(exchange))
        # A yes or no, which staff read too; or an old button of a child that is no longer theirs.
        key = "leave.word" if exchange.turn.with_staff else "menu.end"
        return Reaction((Reply(key),), FlowState(Topic.LEAVE))

    async def _children(self, tx: Tx, exchange: Exchange) -> Children:
        if exchange.message.is_group:  # others read along
            return ()
        return await self.guardians.children_of(tx, exchange.turn.account_id)

    async def _note(self, tx: Tx, exchange: Exchange, children: Children) -> Reaction:
        note, silent = exchange.turn.text, await self.handover.is_silent_now(tx, exchange)
        meant = tuple(children[place] for place in named([one.full_name for one in children], note))
        is_known = bool(meant) or len(children) < _TWO
        about = {"text": note, "children": _lines(meant or children), "asking": not is_known and not silent}
        await self._tell_staff(tx, exchange, say("leave.note", about, VI) if children else note)
        own = any(one.student.given_name == "Mai" for one in children)
        days = read_days(folded(note, own=own), school_date(exchange.now))
        if is_known:
            await self.leaves.note(tx, _ids(meant or children), days)
        if silent:
            return Reaction((), FlowState("handover", choices=(END.code,)))
        if is_known:
            asks = not children and "lop" not in fold(note).split()
            return await self._told(tx, exchange, meant, asks=asks, days=days)
        reply = Reply("leave.which", await self.handover.when(tx, exchange), (*_picks(children), END))
        kept = {LEAVE_NAMES: [one.full_name for one in children], _DAYS: [str(one) for one in days or ()]}
        return Reaction((reply,), FlowState(Topic.LEAVE, data=kept))

    async def _told(
        self, tx: Tx, exchange: Exchange, meant: Children, *, asks: bool = False, days: Days = None
    ) -> Reaction:
        when = await self.handover.when(tx, exchange)
        if exchange.turn.with_staff and exchange.intent.argument == LEAVE_NOTE:
            return Reaction((Reply("handover.kept", when, (END,)),), FlowState(Topic.LEAVE))
        names = [one.student.given_name for one in meant]
        off = await self._off(tx, days)
        reply = Reply("handover.absence", {**when, "names": names, "asks": asks, "off": off}, (END,))
        return Reaction((reply,), FlowState(Topic.LEAVE))

    async def _off(self, tx: Tx, days: Days) -> dict[str, object]:
        """The one day that leave is asked for, where there are certainly no lessons on it; else nothing."""
        if days is None or days[0] != days[1]:
            return {}
        day = (await self.calendars.read(tx)).day(days[0])
        return day_param(day) if day.lessons is Lessons.NO else {}

    async def _tell_staff(self, tx: Tx, exchange: Exchange, words: str) -> None:
        turn = exchange.turn
        said = (str(turn.id), words)
        await self.handover.desk.open(tx, turn.account_id, "absence", HandoverUrgency.NORMAL, said)


def _ids(children: Children) -> tuple[StudentId, ...]:
    return tuple(one.student_id for one in children)


def _kept_days(exchange: Exchange) -> Days:
    """The days of the note to which this answers."""
    kept = exchange.turn.state.data.get(_DAYS)
    return (
        (date.fromisoformat(kept[0]), date.fromisoformat(kept[1]))
        if isinstance(kept, list) and kept
        else None
    )


def _of(children: Children, argument: str) -> Children:
    """The children behind `1`, `1,2` or `all`."""
    if argument == LEAVE_ALL:
        return children
    return tuple(child for one in argument.split(",") if (child := numbered(children, one)))


def _picks(children: Children) -> tuple[Choice, ...]:
    one_each = (
        Choice(f"leave:{number}", f"{one.student.given_name} ({one.class_name})")
        for number, one in enumerate(children, 1)
    )
    return (*one_each, Choice(f"leave:{LEAVE_ALL}"))


def _lines(children: Children) -> list[dict[str, str]]:
    return [{"name": one.full_name, "class": one.class_name} for one in children]
