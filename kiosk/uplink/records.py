"""What the records of the spool mean, and what its two copies still tell after an accident. Pure.

Writing them durably is `kiosk.uplink.spool`'s business, finding them in a damaged file `kiosk.uplink.journal`'s.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from core.contracts.checkin import CheckInReport
from kiosk.clock import Counted
from kiosk.errors import SpoolError
from kiosk.uplink.journal import scan


@dataclass(frozen=True, slots=True)
class Spooled:
    """One report that waits (báo cáo chờ gửi). `late` says that the pupil was told it would be sent later.

    `counted` is when it happened by the counter, where the core's time was not known then.
    """

    report: CheckInReport
    late: bool = False
    parked: str | None = None
    counted: Counted | None = None

    def outgoing(self) -> CheckInReport:
        """The report as it is to be sent now."""
        return self.report.model_copy(update={"provisional": True}) if self.late else self.report


@dataclass(frozen=True, slots=True)
class Recovery:
    """What reading the spool found: bytes that could not be read in a copy, and records lost in both.

    A lost record is counted until staff have looked for it, over every later start.
    """

    damaged_bytes: int = 0
    lost_records: int = 0


@dataclass(frozen=True, slots=True)
class Recovered:
    """The spool's memory as its two copies still tell it; `whole` when neither needs mending."""

    items: dict[UUID, Spooled] = field(repr=False)
    following: int
    recovery: Recovery
    damaged: tuple[bool, ...]
    whole: bool


def recover(key: bytes, *copies: bytes) -> Recovered:
    """Read the copies together: a record that one of them still has is there.

    Raises:
        SpoolError: when a record was written by a program that knows more than this one.
    """
    scans = [scan(key, copy) for copy in copies]
    sealed: dict[int, bytes] = {}
    for found in scans:
        sealed |= found.records
    items: dict[UUID, Spooled] = {}
    base = lost = 0
    for sequence in sorted(sealed):
        record = json.loads(sealed[sequence])
        if record["kind"] == "base":
            base, lost = sequence, record.get("lost", 0)
        else:
            apply(items, record)
    following = max(sealed, default=0) + 1
    lost += sum(1 for sequence in range(base, following) if base and sequence not in sealed)
    damaged = tuple(found.damaged_bytes > 0 for found in scans)
    agree = all(found.records.keys() == scans[0].records.keys() for found in scans)
    recovery = Recovery(sum(found.damaged_bytes for found in scans), lost)
    return Recovered(items, following, recovery, damaged, whole=bool(base) and agree and not any(damaged))


def base_of(lost: int) -> dict[str, Any]:
    """What a file begins with: from here on every number is there, and so many were lost before."""
    return {"kind": "base", "lost": lost}


def report_record(report: CheckInReport, counted: Counted | None) -> dict[str, Any]:
    """What is written of a report at first."""
    record: dict[str, Any] = {"kind": "report", "report": report.wire()}
    return record if counted is None else record | {"counted": asdict(counted)}


def records_of(items: Iterable[Spooled], lost: int) -> list[dict[str, Any]]:
    """The shortest records that tell all of this."""
    records = [base_of(lost)]
    for item in items:
        named = {"id": str(item.report.report_id)}
        records.append(report_record(item.report, item.counted))
        if item.late:
            records.append({"kind": "late", **named})
        if item.parked is not None:
            records.append({"kind": "parked", **named, "reason": item.parked})
    return records


def apply(items: dict[UUID, Spooled], record: dict[str, Any]) -> None:
    """What one record means; saying a thing twice changes nothing."""
    kind = record["kind"]
    if kind == "report":
        report, counted = _report(record["report"]), record.get("counted")
        fresh = Spooled(report, counted=Counted(**counted) if counted else None)
        # Files that were rewritten tell it again, in the order that holds.
        items[report.report_id] = items.pop(report.report_id, fresh)
        return
    if kind == "base":
        return
    report_id = UUID(record["id"])
    item = items.get(report_id)
    if item is None:
        return
    if kind == "done":
        del items[report_id]
    elif kind == "late":
        items[report_id] = replace(item, late=True)
    elif kind == "parked":
        items[report_id] = replace(item, parked=record["reason"])
    elif kind == "again":
        items[report_id] = replace(item, parked=None, late=True)


def _report(said: Any) -> CheckInReport:
    try:
        return CheckInReport.model_validate(said)
    except ValidationError:
        # The error would repeat the report, and with it a citizen number.
        raise SpoolError("a report in a form that this program does not know") from None
