"""The SQL of devices. Private to this slice."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.devices.domain import MOST_ATTEMPTS, Device, EnrolmentCode
from core.devices.tables import DeviceRow, EnrolmentCodeRow
from core.values.ids import DeviceId, SchoolId


async def insert_code(tx: Tx, values: dict[str, Any]) -> bool:
    """Insert a code; False when its selector is taken."""
    done = await tx.session.execute(
        insert(EnrolmentCodeRow)
        .values(school_id=tx.school_id, **values)
        .on_conflict_do_nothing(index_elements=["selector"])
        .returning(EnrolmentCodeRow.id)
    )
    return done.scalar() is not None


async def forget_codes(tx: Tx, now: datetime) -> None:
    """Delete the school's codes that expired unused."""
    await tx.session.execute(
        delete(EnrolmentCodeRow).where(
            EnrolmentCodeRow.school_id == tx.school_id,
            EnrolmentCodeRow.expires_at < now,
            EnrolmentCodeRow.device_id.is_(None),
        )
    )


async def count_attempt(tx: PlatformTx, code: EnrolmentCode, now: datetime) -> SchoolId | None:
    """Count an attempt at a living code, and say whose it is."""
    done = await tx.session.execute(
        update(EnrolmentCodeRow)
        .where(
            EnrolmentCodeRow.selector == code.selector,
            EnrolmentCodeRow.attempts < MOST_ATTEMPTS,
            EnrolmentCodeRow.expires_at > now,
        )
        .values(attempts=EnrolmentCodeRow.attempts + 1)
        .returning(EnrolmentCodeRow.school_id)
    )
    school_id = done.scalar()
    return SchoolId(school_id) if school_id else None


async def lock_code(tx: Tx, code: EnrolmentCode, now: datetime) -> EnrolmentCodeRow | None:
    """The living code with this selector, locked."""
    statement = (
        select(EnrolmentCodeRow)
        .where(
            EnrolmentCodeRow.school_id == tx.school_id,
            EnrolmentCodeRow.selector == code.selector,
            EnrolmentCodeRow.expires_at > now,
        )
        .with_for_update(key_share=True)
    )
    return (await tx.session.scalars(statement, execution_options={"populate_existing": True})).one_or_none()


async def mark_used(tx: Tx, code_id: UUID, device_id: DeviceId) -> None:
    """Tie the code to the device that it enrolled."""
    await tx.session.execute(
        update(EnrolmentCodeRow)
        .where(EnrolmentCodeRow.school_id == tx.school_id, EnrolmentCodeRow.id == code_id)
        .values(device_id=device_id)
    )


async def insert_device(tx: Tx, values: dict[str, Any]) -> bool:
    """Insert a device; False when its key is already enrolled."""
    done = await tx.session.execute(
        insert(DeviceRow)
        .values(school_id=tx.school_id, **values)
        .on_conflict_do_nothing(index_elements=["public_key"])
        .returning(DeviceRow.id)
    )
    return done.scalar() is not None


async def find_anywhere(tx: PlatformTx, device_id: DeviceId) -> Device | None:
    """The device with this id, of whichever school."""
    row = await tx.session.scalar(select(DeviceRow).where(DeviceRow.id == device_id))
    return _device(row) if row else None


async def find(tx: Tx, device_id: DeviceId) -> Device | None:
    """The school's device with this id."""
    row = await tx.session.scalar(
        select(DeviceRow).where(DeviceRow.school_id == tx.school_id, DeviceRow.id == device_id)
    )
    return _device(row) if row else None


async def list_devices(tx: Tx) -> tuple[Device, ...]:
    """The school's devices, by name."""
    statement = select(DeviceRow).where(DeviceRow.school_id == tx.school_id)
    rows = await tx.session.scalars(
        statement.order_by(DeviceRow.revoked_at.is_not(None), DeviceRow.name, DeviceRow.id)
    )
    return tuple(_device(row) for row in rows)


async def change(tx: PlatformTx, school_id: SchoolId, device_id: DeviceId, **values: Any) -> bool:
    """Overwrite columns of a device; False when there is none."""
    done = await tx.session.execute(
        update(DeviceRow)
        .where(DeviceRow.school_id == school_id, DeviceRow.id == device_id)
        .values(**values)
        .returning(DeviceRow.id)
    )
    return done.scalar() is not None


def _device(row: DeviceRow) -> Device:
    return Device(
        id=DeviceId(row.id),
        school_id=SchoolId(row.school_id),
        name=row.name,
        public_key=row.public_key,
        enrolled_at=row.enrolled_at,
        last_seen_at=row.last_seen_at,
        revoked_at=row.revoked_at,
        software=row.software,
        spooled=row.spooled,
        drained_at=row.drained_at,
    )
