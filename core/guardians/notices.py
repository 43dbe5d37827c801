"""What a chat is told about a verification. Pure: keys and names; the sentences are the bot's.

Keys: `verify.proven`, `verify.for_staff`, `verify.wait`, `verify.refused`, `verify.approved`, `verify.new_account`,
`verify.of_age`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from core.guardians.domain import Child, Level
from core.guardians.evidence import ProofOutcome, Proven
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.values.clock import SCHOOL_TIME


def of_proof(to: Recipient, proven: Proven, dedupe: str) -> NewNotification:
    """What became of a proof. What failed is told in one way, whatever the cause."""
    if proven.outcome is ProofOutcome.PROVEN:
        params = {"children": names(proven.children), "level": int(max(c.level for c in proven.children))}
        return _notice(
            to,
            "verify.proven",
            params | _choices("arrivals.yes", "menu.checkins", "menu.fees", "menu.main"),
            dedupe,
        )
    if proven.outcome is ProofOutcome.TOO_MANY_ATTEMPTS:
        return _notice(to, "verify.wait", {"until": clock_time(proven.retry_at)} | _school(), dedupe)
    return _notice(to, "verify.for_staff", _school(), dedupe)


def of_decision(to: Recipient, children: Iterable[Child], dedupe: str, *, approved: bool) -> NewNotification:
    """What staff decided."""
    if not approved:
        return _notice(to, "verify.refused", _school(), dedupe)
    params = {"children": names(children), "level": int(Level.VERIFIED)}
    return _notice(
        to,
        "verify.approved",
        params | _choices("arrivals.yes", "menu.checkins", "menu.fees", "menu.main"),
        dedupe,
    )


def of_new_account(to: Recipient, dedupe: str) -> NewNotification:
    """To the accounts a guardian already had: another one has just been linked."""
    return _notice(to, "verify.new_account", _choices("verify.contest", "menu.main"), dedupe)


def of_age(to: Recipient, given_name: str, dedupe: str) -> NewNotification:
    """To a guardian whose child is eighteen today."""
    return _notice(to, "verify.of_age", {"given_name": given_name} | _school(), dedupe, Urgency.NORMAL)


def names(children: Iterable[Child]) -> list[dict[str, str]]:
    """Children as the texts want them."""
    return [{"name": child.full_name, "class": child.class_name} for child in children]


def clock_time(at: datetime | None) -> str:
    """An instant as people read it."""
    return at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m") if at else ""


def _school() -> dict[str, Any]:
    return _choices("verify.start", "menu.school", "menu.main")


def _choices(*codes: str) -> dict[str, Any]:
    return {"choices": [{"code": code, "label": ""} for code in codes]}


def _notice(
    to: Recipient, key: str, params: dict[str, Any], dedupe: str, urgency: Urgency = Urgency.REPLY
) -> NewNotification:
    return NewNotification(to, key, params, f"verify:{dedupe}", urgency)
