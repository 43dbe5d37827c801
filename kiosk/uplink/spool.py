"""The reports that wait for the core, on disk, encrypted, in order, in two copies.

`add` returns when both copies are on the disk: from then on the report survives a power cut at any moment and
the loss or damage of either copy at any byte. It does not survive the loss of the disk or of `spool.key`; the
key lies beside the spool with mode 0600, so the encryption protects a copied or discarded file, not a machine
whose disk is in a thief's hands (docs/kiosk.md says what to do about that).
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

from core.contracts.checkin import CheckInReport
from kiosk.errors import SpoolError
from kiosk.uplink.journal import KEY_BYTES, Journal, replace_file, scan, seal

COPIES = ("spool.a", "spool.b")
KEY_FILE = "spool.key"
# Files are rewritten without what was sent when they grow past this.
COMPACT_AT_BYTES = 512 * 1024


@dataclass(frozen=True, slots=True)
class Spooled:
    """One report that waits (báo cáo chờ gửi). `late` says that the pupil was told it would be sent later."""

    report: CheckInReport
    late: bool = False
    parked: str | None = None

    def outgoing(self) -> CheckInReport:
        """The report as it is to be sent now."""
        return self.report.model_copy(update={"provisional": True}) if self.late else self.report


@dataclass(frozen=True, slots=True)
class Recovery:
    """What opening the spool found: bytes that could not be read in a copy, and records lost in both."""

    damaged_bytes: int = 0
    lost_records: int = 0


@dataclass(frozen=True, slots=True)
class Recovered:
    """The spool's memory as its two copies still tell it; `whole` when neither needs mending."""

    items: dict[UUID, Spooled]
    following: int
    recovery: Recovery
    damaged: tuple[bool, ...]
    whole: bool


def recover(key: bytes, *copies: bytes) -> Recovered:
    """Read the copies together: a record that one of them still has is there. Pure."""
    scans = [scan(key, copy) for copy in copies]
    records: dict[int, bytes] = {}
    for found in scans:
        records |= found.records
    items: dict[UUID, Spooled] = {}
    for sequence in sorted(records):
        _apply(items, json.loads(records[sequence]))
    base = max((sequence for sequence, plain in records.items() if _is_base(plain)), default=0)
    following = max(records, default=0) + 1
    lost = sum(1 for sequence in range(base, following) if base and sequence not in records)
    damaged = tuple(found.damaged_bytes > 0 for found in scans)
    agree = all(found.records.keys() == scans[0].records.keys() for found in scans)
    recovery = Recovery(sum(found.damaged_bytes for found in scans), lost)
    return Recovered(items, following, recovery, damaged, whole=bool(base) and agree and not any(damaged))


class Spool:
    """The durable queue of one kiosk (hàng đợi báo cáo)."""

    def __init__(self, folder: Path) -> None:
        """Open the spool of `folder`, mending what an accident left.

        Raises:
            SpoolError: when the folder or the key cannot be read or written.
        """
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._key = _key(folder / KEY_FILE)
            self.recovery = self._load()
        except OSError as error:
            raise SpoolError(error.strerror or "") from error

    @property
    def size_bytes(self) -> int:
        """How large one copy is."""
        return self._journals[0].size

    def waiting(self) -> tuple[Spooled, ...]:
        """The reports to send, oldest first."""
        return tuple(item for item in self._items.values() if item.parked is None)

    def first(self) -> Spooled | None:
        """The next report to send, or nothing."""
        return next((item for item in self._items.values() if item.parked is None), None)

    def parked(self) -> tuple[Spooled, ...]:
        """The reports that the core refused, with its reason, for staff."""
        return tuple(item for item in self._items.values() if item.parked is not None)

    def add(self, report: CheckInReport) -> None:
        """Write a report down; when this returns, it is recorded.

        Raises:
            SpoolError: when it could not be written: it is not recorded.
        """
        self._write({"kind": "report", "report": report.wire()})

    def mark_late(self, report_id: UUID) -> None:
        """Remember that the pupil was told that the report would be sent later, if only until the program ends.

        Raises:
            SpoolError: when it could not be written.
        """
        record = {"kind": "late", "id": str(report_id)}
        try:
            self._write(record)
        except SpoolError:
            _apply(self._items, record)
            raise

    def done(self, report_id: UUID) -> None:
        """The core has it."""
        self._write({"kind": "done", "id": str(report_id)})
        if self.size_bytes > COMPACT_AT_BYTES:
            self._compact()

    def park(self, report_id: UUID, reason: str) -> None:
        """The core refused it for good; it stays here until staff decide."""
        self._write({"kind": "parked", "id": str(report_id), "reason": reason[:200]})

    def retry_parked(self) -> int:
        """Put every parked report back in the queue; says how many."""
        again = [item.report.report_id for item in self.parked()]
        for report_id in again:
            self._write({"kind": "again", "id": str(report_id)})
        return len(again)

    def close(self) -> None:
        """Close the files."""
        for journal in self._journals:
            journal.close()

    def _write(self, record: dict[str, Any]) -> None:
        data = seal(self._key, self._next, json.dumps(record, ensure_ascii=False).encode())
        before = [journal.size for journal in self._journals]
        try:
            for journal in self._journals:
                journal.append(data)
        except OSError as error:
            for journal, size in zip(self._journals, before, strict=True):
                journal.cut_back(size)
            raise SpoolError(error.strerror or "") from error
        self._next += 1
        _apply(self._items, record)

    def _load(self) -> Recovery:
        paths = [self._folder / name for name in COPIES]
        found = recover(self._key, *(path.read_bytes() if path.exists() else b"" for path in paths))
        self._items, self._next = found.items, found.following
        if found.recovery.damaged_bytes:
            self._keep_damaged(paths, found.damaged)
        if found.whole:
            self._journals = self._opened()
        else:
            self._rewrite()
        return found.recovery

    def _opened(self) -> tuple[Journal, ...]:
        return tuple(Journal(self._folder / name) for name in COPIES)

    @staticmethod
    def _keep_damaged(paths: list[Path], damaged: tuple[bool, ...]) -> None:
        """A damaged copy is put aside, still encrypted, before it is mended."""
        for path, spoilt in zip(paths, damaged, strict=True):
            if spoilt:
                path.replace(path.with_suffix(path.suffix + ".damaged"))

    def _compact(self) -> None:
        """Leave out what was sent; where the disk has no room for that, the files go on as they are now."""
        before = self._journals
        try:
            self._rewrite()
        except OSError as error:
            with suppress(OSError):
                self._journals = self._opened()
            raise SpoolError(error.strerror or "") from error
        finally:
            if self._journals is not before:
                for journal in before:
                    journal.close()

    def _rewrite(self) -> None:
        """Both copies anew, one after the other: one whole copy exists at every moment."""
        records: list[dict[str, Any]] = [{"kind": "base"}]
        for item in self._items.values():
            records += _records_of(item)
        data = b""
        for sequence, record in enumerate(records, self._next):
            data += seal(self._key, sequence, json.dumps(record, ensure_ascii=False).encode())
        for name in COPIES:
            replace_file(self._folder / name, data)
            self._next = max(self._next, sequence + 1)
        self._journals = self._opened()


def _records_of(item: Spooled) -> list[dict[str, Any]]:
    named = {"id": str(item.report.report_id)}
    records: list[dict[str, Any]] = [{"kind": "report", "report": item.report.wire()}]
    if item.late:
        records.append({"kind": "late", **named})
    if item.parked is not None:
        records.append({"kind": "parked", **named, "reason": item.parked})
    return records


def _apply(items: dict[UUID, Spooled], record: dict[str, Any]) -> None:
    """What one record means; saying a thing twice changes nothing."""
    kind = record["kind"]
    if kind == "report":
        report = CheckInReport.model_validate(record["report"])
        items.setdefault(report.report_id, Spooled(report))
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


def _is_base(plain: bytes) -> bool:
    return plain.startswith(b'{"kind": "base"')


def _key(path: Path) -> bytes:
    """The key of this spool; made on the first call."""
    if not path.exists():
        replace_file(path, os.urandom(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise SpoolError("spool.key is not 32 bytes")
    return key
