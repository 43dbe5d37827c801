"""Keeping a school's data from a terminal: copies of the database, and whether what is sealed can still be opened."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from pathlib import Path
from typing import Any

from core.commands import migrate, opened
from core.db import copies
from core.db.transaction import DATABASE_FAULTS, Tx
from core.health.domain import BACKUP
from core.keys.checking import Checking
from core.settings import CoreSettings, SettingsError
from core.values.clock import SCHOOL_TIME
from core.vault.keyring import PLATFORM

_KEY = (
    "Khóa chủ CONGTRUONG_MASTER_KEY không nằm trong tệp này: giữ riêng, trên giấy, ở nơi khác. "
    "Mất khóa là mất dữ liệu. "
    "(The master key is not in this file: keep it apart, on paper.)"
)

_AFTER = (
    "Bản sao chỉ biết đến lúc knows_until: điểm danh, chuyển khoản, tin nhắn sau đó không có; "
    "đối chiếu với sổ phụ ngân hàng. messages_waiting tin đang chờ lúc ấy sẽ được gửi khi bot chạy, "
    "có thể phụ huynh đã nhận rồi. Trước khi chạy: tắt hẳn máy cũ, đặt lại tên miền cũ và mọi CONGTRUONG_… "
    "của máy cũ (mã bot, khóa ngân hàng, địa chỉ công khai: docs/settings.md). "
    "(What happened later is missing; messages that waited then go out again. Stop the old machine first; "
    "set its address and settings again.)"
)


async def backup(settings: CoreSettings, target: Path) -> dict[str, Any]:
    """Copy the running database into a file.

    Raises:
        SettingsError: why not.
    """
    try:
        size = await copies.dump(settings.require_database_url(), target)
    except copies.CopyError as error:
        raise SettingsError(str(error)) from error
    await _note_backup(settings)
    return {"backup": str(target), "bytes": size, "remember": _KEY}


async def _note_backup(settings: CoreSettings) -> None:
    """Write down that there is a copy; it is as good where that fails: before an upgrade's migration, on a standby."""
    with suppress(*DATABASE_FAULTS):
        async with opened(settings) as core, core.database.bare() as tx:
            for school in await core.schools.list_schools(tx):
                await core.health.note(Tx(tx.session, school.id), BACKUP)


async def restore(settings: CoreSettings, source: Path) -> dict[str, Any]:
    """Bring a copy back into an empty database, bring that to today's schema, and try whether our key opens it.

    Raises:
        SettingsError: when the database is not empty, or why not.
    """
    async with opened(settings) as core, core.database.bare() as tx:
        is_empty = await copies.is_empty(tx)
    if not is_empty:
        raise SettingsError("The database has tables already: a copy goes into an empty one (createdb).")
    try:
        await copies.restore(settings.require_database_url(), source)
    except copies.CopyError as error:
        raise SettingsError(str(error)) from error
    await asyncio.to_thread(migrate, settings)
    return {"restored": str(source)} | await check_sealed(settings) | await _behind(settings)


async def _behind(settings: CoreSettings) -> dict[str, Any]:
    """Up to when the copy knows what happened, and what it would send again."""
    last, waiting = None, 0
    async with opened(settings) as core:
        async with core.database.platform() as tx:
            schools = [one.id for one in await core.schools.list_schools(tx)]
        for school_id in schools:
            async with core.database.transaction(school_id) as own:
                newest = [one.at for one in await core.audit.list_recent(own, limit=1)]
                last = max((*newest, last) if last else newest, default=None)
                waiting += (await core.notifications.report(own)).open
    until = last.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m/%Y") if last else None
    return {"knows_until": until, "messages_waiting": waiting, "remember": _AFTER}


async def check_sealed(settings: CoreSettings) -> dict[str, Any]:
    """Open every sealed value once; `intact` is whether all could be opened."""
    async with opened(settings) as core:
        async with core.database.platform() as tx:
            schools = [one.id for one in await core.schools.list_schools(tx)]
        found = {
            one: await Checking(core.database, core.data_keys).check(one) for one in (*schools, PLATFORM)
        }
    told = [
        {"school_id": str(one), "values": checked.values, "unreadable": checked.unreadable}
        for one, checked in found.items()
    ]
    return {"intact": not any(one.unreadable for one in found.values()), "schools": told}
