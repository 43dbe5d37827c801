"""The reports that wait for the core, on disk, encrypted, in order, in two copies.

`add` returns when both copies are on the disk: from then on the report survives a power cut at any moment and
the loss or damage of either copy at any byte. It does not survive the loss of the disk or of `spool.key`; the
key lies beside the spool with mode 0600, so the encryption protects a copied or discarded file, not a machine
whose disk is in a thief's hands (docs/kiosk.md says what to do about that).
"""

from __future__ import annotations

import fcntl
import json
import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

from core.contracts.checkin import CheckInReport
from kiosk.clock import Counted
from kiosk.errors import SpoolError
from kiosk.uplink.journal import KEY_BYTES, Journal, replace_file, seal
from kiosk.uplink.records import (
    Recovered,
    Recovery,
    Spooled,
    apply,
    base_of,
    records_of,
    recover,
    report_record,
)

COPIES = ("spool.a", "spool.b")
KEY_FILE = "spool.key"
LOCK_FILE = "spool.lock"
IN_USE = "máy điểm danh đang chạy và giữ hàng chờ gửi; dừng máy rồi làm lại lệnh này"
# Files that are larger are rewritten without what was sent, whenever that is as much as still waits: rewriting them
# at each report would write a week's queue thousands of times over, and wear out the disk of a small machine.
COMPACT_AT_BYTES = 512 * 1024


class Spool:
    """The durable queue of one kiosk (hàng đợi báo cáo)."""

    def __init__(self, folder: Path) -> None:
        """Open the spool of `folder`, mending what an accident left.

        Raises:
            SpoolError: when the folder or the key cannot be read or written, or another program has it open.
        """
        self._folder = folder
        self.recovery = Recovery()
        self._sent = 0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._held = _alone(folder / LOCK_FILE)
            try:
                self._key = _key(folder / KEY_FILE)
                self._load()
            except (OSError, SpoolError):
                os.close(self._held)
                raise
        except OSError as error:
            raise SpoolError(error.strerror or "") from error

    @property
    def size_bytes(self) -> int:
        """How large one copy is."""
        return self._journals[0].size

    def waiting(self) -> tuple[Spooled, ...]:
        """The reports to send, oldest first."""
        return tuple(item for item in self._now() if item.parked is None)

    def first(self) -> Spooled | None:
        """The next report to send, or nothing."""
        return next((item for item in self._now() if item.parked is None), None)

    def parked(self) -> tuple[Spooled, ...]:
        """The reports that the core refused, with its reason, for staff."""
        return tuple(item for item in self._now() if item.parked is not None)

    def add(self, report: CheckInReport, counted: Counted | None = None) -> None:
        """Write a report down; when this returns, it is recorded. `counted` is its time where the clock is not sure.

        Raises:
            SpoolError: when it could not be written: it is not recorded.
        """
        self._write(report_record(report, counted))

    def mark_late(self, report_id: UUID) -> None:
        """Remember that the pupil was told that the report would be sent later, if only until the program ends.

        Raises:
            SpoolError: when it could not be written.
        """
        record = {"kind": "late", "id": str(report_id)}
        try:
            self._write(record)
        except SpoolError:
            apply(self._items, record)
            raise

    def done(self, report_id: UUID) -> None:
        """The core has it."""
        self._write({"kind": "done", "id": str(report_id)})
        self._sent += 1
        if self.size_bytes > COMPACT_AT_BYTES and self._sent >= len(self._items):
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

    def forget_lost(self) -> None:
        """Staff have compared the lost records with the school's book: they are counted no more."""
        self._write(base_of(0))
        self.recovery = replace(self.recovery, lost_records=0)

    def close(self) -> None:
        """Close the files; another program may open them then."""
        for journal in self._journals:
            journal.close()
        os.close(self._held)

    def _now(self) -> tuple[Spooled, ...]:
        """The items at one moment: a worker thread may be writing one down while the loop counts them."""
        return tuple(self._items.values())

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
        apply(self._items, record)

    def _load(self) -> None:
        copies = _copies(self._folder)
        found = recover(self._key, *copies)
        self._items, self._next, self.recovery = found.items, found.following, found.recovery
        for name, copy, spoilt in zip(COPIES, copies, found.damaged, strict=True):
            if spoilt:
                # Put aside, still encrypted; it stays in its place too until a whole one takes that.
                replace_file(self._folder / f"{name}.damaged", copy)
        if found.whole:
            self._journals = self._opened()
        else:
            self._rewrite()

    def _opened(self) -> tuple[Journal, ...]:
        return tuple(Journal(self._folder / name) for name in COPIES)

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
        data, records = b"", records_of(self._items.values(), self.recovery.lost_records)
        for sequence, record in enumerate(records, self._next):
            data += seal(self._key, sequence, json.dumps(record, ensure_ascii=False).encode())
        for name in COPIES:
            replace_file(self._folder / name, data)
            self._next = max(self._next, sequence + 1)
        self._journals, self._sent = self._opened(), 0


def peek(folder: Path) -> Recovered:
    """What lies in a spool; nothing is changed, and a kiosk that is writing is not disturbed.

    Raises:
        SpoolError: when it cannot be read.
    """
    try:
        return recover((folder / KEY_FILE).read_bytes(), *_copies(folder))
    except OSError as error:
        raise SpoolError(error.strerror or "") from error


def _copies(folder: Path) -> list[bytes]:
    return [path.read_bytes() if path.exists() else b"" for path in (folder / name for name in COPIES)]


def _alone(path: Path) -> int:
    """Hold the spool until this program ends or closes it: two writers would overwrite each other's reports.

    Raises:
        SpoolError: when another program holds it.
    """
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(held)
        raise SpoolError(IN_USE) from error
    return held


def _key(path: Path) -> bytes:
    """The key of this spool; made on the first call."""
    if not path.exists():
        replace_file(path, os.urandom(KEY_BYTES))
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise SpoolError("spool.key is not 32 bytes")
    return key
