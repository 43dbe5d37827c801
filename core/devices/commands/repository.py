"""The SQL of orders to kiosks. Private to this slice."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import PlatformTx, Tx
from core.devices.tables import DeviceCommandRow
from core.values.ids import CommandId, DeviceId


async def insert_command(tx: Tx, values: dict[str, Any]) -> None:
    """Add an order."""
    await tx.session.execute(insert(DeviceCommandRow).values(school_id=tx.school_id, **values))


async def count_open(tx: Tx, device_id: DeviceId, now: datetime) -> int:
    """How many orders of a device still wait for a result."""
    statement = select(func.count()).where(*_open(tx, device_id, now))
    return await tx.session.scalar(statement) or 0


async def list_open(tx: Tx, device_id: DeviceId, now: datetime) -> Sequence[DeviceCommandRow]:
    """The orders of a device that still stand, oldest first."""
    statement = select(DeviceCommandRow).where(*_open(tx, device_id, now))
    return (
        await tx.session.scalars(statement.order_by(DeviceCommandRow.issued_at, DeviceCommandRow.id))
    ).all()


async def mark_handed(tx: Tx, command_ids: Sequence[UUID], now: datetime) -> None:
    """Note that the kiosk was told."""
    await tx.session.execute(
        update(DeviceCommandRow)
        .where(
            DeviceCommandRow.school_id == tx.school_id,
            DeviceCommandRow.id.in_(command_ids),
            DeviceCommandRow.handed_at.is_(None),
        )
        .values(handed_at=now)
    )


async def finish_command(
    tx: Tx, device_id: DeviceId, command_id: CommandId, values: dict[str, Any]
) -> DeviceCommandRow | None:
    """Write the result of an open order down; None when it has one already, or is not the device's."""
    done = await tx.session.scalars(
        update(DeviceCommandRow)
        .where(
            DeviceCommandRow.school_id == tx.school_id,
            DeviceCommandRow.device_id == device_id,
            DeviceCommandRow.id == command_id,
            DeviceCommandRow.outcome.is_(None),
        )
        .values(**values)
        .returning(DeviceCommandRow),
        execution_options={"populate_existing": True},
    )
    return done.one_or_none()


async def find_command(tx: Tx, device_id: DeviceId, command_id: CommandId) -> DeviceCommandRow | None:
    """One order of a device."""
    return await tx.session.scalar(
        select(DeviceCommandRow).where(
            DeviceCommandRow.school_id == tx.school_id,
            DeviceCommandRow.device_id == device_id,
            DeviceCommandRow.id == command_id,
        )
    )


async def schools_with_expired(tx: PlatformTx, now: datetime) -> Sequence[UUID]:
    """The schools with an open order whose time has run out."""
    statement = select(DeviceCommandRow.school_id).where(
        DeviceCommandRow.outcome.is_(None), DeviceCommandRow.expires_at <= now
    )
    return (await tx.session.scalars(statement.distinct())).all()


async def expire_commands(tx: Tx, now: datetime) -> Sequence[DeviceCommandRow]:
    """Close the school's orders whose time has run out; says which."""
    done = await tx.session.scalars(
        update(DeviceCommandRow)
        .where(
            DeviceCommandRow.school_id == tx.school_id,
            DeviceCommandRow.outcome.is_(None),
            DeviceCommandRow.expires_at <= now,
        )
        .values(outcome="expired", finished_at=now)
        .returning(DeviceCommandRow),
        execution_options={"populate_existing": True},
    )
    return done.all()


async def list_commands(tx: Tx, most: int) -> Sequence[DeviceCommandRow]:
    """The school's latest orders, newest first."""
    statement = select(DeviceCommandRow).where(DeviceCommandRow.school_id == tx.school_id)
    newest = statement.order_by(DeviceCommandRow.issued_at.desc(), DeviceCommandRow.id.desc()).limit(most)
    return (await tx.session.scalars(newest)).all()


async def latest_states(tx: Tx) -> Sequence[DeviceCommandRow]:
    """For each device the last order whose result told a state."""
    told = (DeviceCommandRow.school_id == tx.school_id, DeviceCommandRow.state.is_not(None))
    last = (
        select(DeviceCommandRow.device_id, func.max(DeviceCommandRow.finished_at))
        .where(*told)
        .group_by(DeviceCommandRow.device_id)
    )
    named = tuple_(DeviceCommandRow.device_id, DeviceCommandRow.finished_at)
    return (await tx.session.scalars(select(DeviceCommandRow).where(*told, named.in_(last)))).all()


async def forget_commands(tx: PlatformTx, before: datetime) -> int:
    """Delete finished orders from before `before`; says how many."""
    done = await tx.session.execute(
        delete(DeviceCommandRow).where(DeviceCommandRow.finished_at < before).returning(DeviceCommandRow.id)
    )
    return len(done.all())


def _open(tx: Tx, device_id: DeviceId, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        DeviceCommandRow.school_id == tx.school_id,
        DeviceCommandRow.device_id == device_id,
        DeviceCommandRow.outcome.is_(None),
        DeviceCommandRow.expires_at > now,
    )
