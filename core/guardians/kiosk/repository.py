"""Rows of guardians' visits to kiosks. Private to the slice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.guardians.tables import KioskReportRow


@dataclass(frozen=True, slots=True)
class StoredVisit:
    """A visit on record."""

    device_id: UUID
    report_index: bytes
    sealed_receipt: bytes | None


async def begin(tx: Tx, report_id: UUID, device_id: UUID, index: bytes, now: datetime) -> bool:
    """Take a report's id; False when it is taken. A second one waits until the first has committed."""
    added = await tx.session.scalar(
        insert(KioskReportRow)
        .values(
            school_id=tx.school_id, id=report_id, device_id=device_id, report_index=index, recorded_at=now
        )
        .on_conflict_do_nothing()
        .returning(KioskReportRow.id)
    )
    return added is not None


async def finish(tx: Tx, report_id: UUID, sealed_receipt: bytes) -> None:
    """Keep the receipt."""
    await tx.session.execute(
        update(KioskReportRow)
        .where(KioskReportRow.school_id == tx.school_id, KioskReportRow.id == report_id)
        .values(sealed_receipt=sealed_receipt)
    )


async def find(tx: Tx, report_id: UUID) -> StoredVisit | None:
    """The visit with this report's id."""
    row = await tx.session.scalar(
        select(KioskReportRow).where(KioskReportRow.school_id == tx.school_id, KioskReportRow.id == report_id)
    )
    return StoredVisit(row.device_id, row.report_index, row.sealed_receipt) if row else None
