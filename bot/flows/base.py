"""What every flow gets and gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.choosing import meant
from bot.intents import Intent
from bot.messages import Choice, InboundMessage, Reply
from core.conversations.domain import FlowState, Turn
from core.db.transaction import Tx
from core.guardians.domain import Child
from core.notifications.domain import NewNotification

MAIN_MENU = tuple(Choice(code) for code in ("menu.ask", "menu.children", "menu.fees", "menu.school"))
BACK = Choice("menu.main")


@dataclass(frozen=True, slots=True)
class Exchange:
    """One message in its conversation."""

    message: InboundMessage
    turn: Turn
    intent: Intent
    now: datetime


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a flow answers, where the conversation stands then, and who else must know."""

    replies: tuple[Reply, ...]
    state: FlowState = field(default_factory=FlowState)
    locale: str | None = None
    also: tuple[NewNotification, ...] = ()


class Flow(Protocol):
    """Reacts to one message, inside the transaction that also sends the replies."""

    async def react(self, tx: Tx, exchange: Exchange) -> Reaction:
        """Do what is asked; a `CoreError` rolls everything back and is told to the person by its code."""
        ...


def child_choices(topic: str, children: tuple[Child, ...]) -> tuple[Choice, ...]:
    """One button per child. The number is the child's place in the list, so no id and no name is in the code."""
    return tuple(
        Choice(f"{topic}:{number}", f"{child.full_name} ({child.class_name})")
        for number, child in enumerate(children, 1)
    )


def numbered(children: tuple[Child, ...], number: str) -> Child | None:
    """The child in a place of the list, counted from 1; None for what is no such place ("99", "²", "all")."""
    good = number.isascii() and number.isdigit() and 1 <= int(number) <= len(children)
    return children[int(number) - 1] if good else None


def chosen(children: tuple[Child, ...], intent: Intent) -> tuple[Child, ...]:
    """The child that a button names, those that the sentence names, or all of them."""
    argument = intent.argument
    child = numbered(children, argument)
    if child is not None:
        return (child,)
    if argument:
        return children
    return tuple(children[place] for place in meant([child.full_name for child in children], intent.text))


def other_children(topic: str, children: tuple[Child, ...], shown: tuple[Child, ...]) -> tuple[Choice, ...]:
    """What can be picked beside what is shown: each child of several, or all of them."""
    if len(children) < 2:
        return ()
    if len(shown) == len(children):
        return child_choices(topic, children)
    left = [
        one for one, child in zip(child_choices(topic, children), children, strict=True) if child not in shown
    ]
    return (*left, Choice(f"{topic}:all"))


def link_first() -> Reaction:
    """Tell somebody without children how to link."""
    choices = (Choice("link.start"), Choice("verify.page"), Choice("menu.school"), BACK)
    return Reaction((Reply("link.needed", {}, choices),), FlowState(flow="link", step="code"))
