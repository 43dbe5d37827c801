"""The room of the audit trail: who did what, when; whether the chain is whole; a copy for a spreadsheet.

It reads. What an entry keeps sealed is not opened here, and pupils and guardians stand in it as short ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from aiohttp import web

from core.audit.domain import AuditEntry, AuditHead, AuditVerdict, RecordedEntry, Search
from core.console import audit_details, audit_texts
from core.console.desk import Visit
from core.console.spreadsheet import download
from core.console.typed_days import read_day
from core.db.transaction import Tx
from core.values.clock import SCHOOL_TIME

HOME = "/console/audit"
PAGE = 100
MOST_EXPORTED = 50_000
_YEARS = range(2000, 2200)
_HIGHEST = 2**63 - 1
_HEAD = ("Số", "Lúc", "Ai", "Mã người làm", "Việc", "Mã việc", "Về", "Chi tiết")


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the filter (điều kiện lọc)."""

    first: str = ""
    last: str = ""
    kind: str = ""
    actor: str = ""
    before: str = ""


class _FaultError(Exception):
    """A field of the filter makes no sense; its name is the argument."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the newest entries that fit the filter; with `check`, the verdict on the whole chain."""
    query = visit.request.query
    fields = {name: query.get(name, "").strip()[:80] for name in ("first", "last", "kind", "actor", "before")}
    return await _page(visit, Typed(**fields))


async def export(visit: Visit) -> web.StreamResponse:
    """POST: the entries that fit, as CSV; that they were taken out is an entry itself."""
    fields = {name: visit.text(name).strip()[:80] for name in ("first", "last", "kind", "actor")}
    typed = Typed(**fields)
    try:
        wanted = _search(typed)
    except _FaultError as fault:
        return await _page(visit, Typed(), str(fault))
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        entries = await visit.desk.audit.search(tx, wanted, MOST_EXPORTED + 1)
        if len(entries) > MOST_EXPORTED:
            return await _page(visit, typed, "export")
        names = await _names(visit, tx)
        details = {"entries": len(entries)}
        await visit.desk.audit.record(tx, AuditEntry(visit.staff.actor, "audit.exported", "audit", details))
    return download("nhat-ky.csv", _HEAD, lines_of(entries, names))


def lines_of(entries: Sequence[RecordedEntry], names: Mapping[str, str]) -> list[tuple[str, ...]]:
    """The entries as lines of the table that is taken out."""
    return [
        (
            str(one.number),
            one.at.astimezone(SCHOOL_TIME).strftime("%Y-%m-%d %H:%M:%S"),
            audit_texts.who(one.actor, names),
            one.actor,
            audit_texts.what(one.action),
            one.action,
            one.subject,
            audit_details.details(one.details),
        )
        for one in entries
    ]


async def _page(visit: Visit, typed: Typed, problem: str = "") -> web.StreamResponse:
    desk = visit.desk
    try:
        wanted = _search(typed)
    except _FaultError as fault:
        wanted, problem = Search(), str(fault)
    async with desk.database.transaction(visit.staff.school_id) as tx:
        found = await desk.audit.search(tx, wanted, PAGE + 1)
        names = await _names(visit, tx)
        verdict = await _verdict(visit, tx)
    entries = found[:PAGE]
    return visit.page(
        "audit.html",
        422 if problem else 200,
        audit=audit_texts,
        told=audit_details.details,
        entries=entries,
        older=entries[-1].number if len(found) > PAGE else None,
        names=names,
        people={key: name for key, name in names.items() if key.startswith("staff:")},
        typed=typed,
        problem=problem,
        verdict=verdict,
        noted=visit.request.query.get("noted", "").strip()[:100],
    )


async def _verdict(visit: Visit, tx: Tx) -> AuditVerdict | None:
    """Whether the chain is whole, when that was asked."""
    if visit.request.query.get("check") != "yes":
        return None
    number, _, mac = visit.request.query.get("noted", "").strip().partition(":")
    try:
        noted = AuditHead(int(number), bytes.fromhex(mac)) if number else None
    except ValueError:
        # A mark that was copied wrongly fits no entry: said as such, never passed over.
        noted = AuditHead(0, b"")
    return await visit.desk.audit.verify(tx, noted)


async def _names(visit: Visit, tx: Tx) -> Mapping[str, str]:
    """Names of who acts: staff, kiosks and the chats of staff; nobody else is named here."""
    desk = visit.desk
    staff = {one.staff.actor: one.staff.display_name for one in await desk.staff.list_accounts(tx)}
    devices = {f"device:{one.id}": one.name for one in await desk.devices.list_devices(tx)}
    chats = {f"chat:{one.id}": one.name for one in await desk.handovers.chats.list_chats(tx)}
    return staff | devices | chats


def _search(typed: Typed) -> Search:
    """What is looked for.

    Raises:
        _FaultError: naming the field that makes no sense.
    """
    try:
        first, last = _midnight(typed.first), _midnight(typed.last)
        before = int(typed.before) if typed.before else None
    except ValueError:
        raise _FaultError("days") from None
    if (first and last and last < first) or (before or 0) > _HIGHEST:
        raise _FaultError("days")
    until = last + timedelta(days=1) if last else None
    return Search(None, typed.kind, typed.actor, first, until, before)


def _midnight(text: str) -> datetime | None:
    """The beginning of a typed day; an empty field is none.

    Raises:
        ValueError: when it is no day of our time.
    """
    if not text:
        return None
    day = read_day(text)
    if day.year not in _YEARS:
        raise ValueError("not a day of our time")
    return datetime.combine(day, time(0), SCHOOL_TIME)
