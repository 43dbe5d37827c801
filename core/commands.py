"""What an operator can ask of the core from a terminal. Each command returns data; `__main__` prints it."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any
from uuid import UUID

from alembic import command
from alembic.config import Config

from core.app import Core, build_core
from core.audit.domain import AuditHead
from core.broadcasts.worker import BroadcastWorker
from core.checkins.absence.worker import AbsenceWatch
from core.checkins.gate import GateSweep
from core.console.alerts import ConsoleChannel
from core.conversations.desk.escalation import Escalation
from core.fees.banks.feeds import SOURCES
from core.fees.banks.handling import BankNotices
from core.fees.worker import FeeReminders
from core.guardians.lapses import Lapses
from core.guardians.worker import LapseWorker
from core.inbox.worker import InboxWorker
from core.keys.rotation import Rotation
from core.notifications.delivery import DeliveryWorker
from core.rights.forgetting import Forgetting
from core.sample.school import SCHOOL_ID, SampleSchool
from core.settings import CoreSettings, Environment, SettingsError
from core.staff.domain import NewStaff
from core.staff.passwords import hash_password
from core.students.roll.parse import parse_roll
from core.upkeep import Upkeep
from core.values.clock import school_date
from core.values.ids import SchoolId, new_id
from core.vault.keyring import PLATFORM
from core.web.health import MIGRATIONS, is_behind
from core.web.server import serving
from core.web_app import make_web_app


@asynccontextmanager
async def opened(settings: CoreSettings) -> AsyncIterator[Core]:
    """A core whose connections are closed in the end."""
    core = build_core(settings)
    try:
        yield core
    finally:
        await core.database.dispose()


def migrate(settings: CoreSettings, revision: str = "head") -> dict[str, Any]:
    """Bring the database to the newest schema. Two starts at once migrate one after the other."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["url"] = settings.require_database_url()
    command.upgrade(config, revision)
    return {"migrated": revision}


async def serve(settings: CoreSettings, ready: Callable[[str], None]) -> None:
    """Serve until SIGTERM or SIGINT; `ready` is told the URL. Open requests get ten seconds to end.

    Raises:
        SettingsError: where nobody can listen at the address that is set, or the database is to be migrated first.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    try:
        await _serving(settings, ready, stop)
    except ExceptionGroup as group:
        closed = group.subgroup(SettingsError)
        raise closed.exceptions[0] if closed else group from None


async def _serving(settings: CoreSettings, ready: Callable[[str], None], stop: asyncio.Event) -> None:
    async with opened(settings) as core, asyncio.TaskGroup() as group:
        if await is_behind(core.database):
            raise SettingsError(
                "The database lacks tables of this version: run ./congtruong core migrate first."
            )
        forgetting = Forgetting(core.database, core.clock)
        upkeep = Upkeep(
            core.database, core.inbox, core.notifications, core.enrolments, core.commands, forgetting
        )
        workers = [group.create_task(_console_delivery(core).run()), group.create_task(upkeep.run())]
        workers.append(group.create_task(GateSweep(core.database, core.gate).run()))
        lapses = LapseWorker(core.database, core.schools, Lapses(core.guardians, core.notifications))
        workers.append(group.create_task(lapses.run()))
        workers += [group.create_task(one) for one in (*_watches(core), *_money(core))]
        async with serving(make_web_app(core), settings.host, settings.core_port) as url:
            ready(url)
            await stop.wait()
        for worker in workers:
            worker.cancel()


async def add_school(settings: CoreSettings, name: str) -> dict[str, Any]:
    """Register a school."""
    async with opened(settings) as core:
        school_id = SchoolId(new_id())
        async with core.database.bare() as keys:
            await core.data_keys.first(keys, school_id)
        async with core.database.transaction(school_id) as tx:
            school = await core.schools.add(tx, name)
    return {"school_id": str(school.id), "name": school.name}


async def enrol_code(settings: CoreSettings, school: str | None, name: str) -> dict[str, Any]:
    """Make a one-time code for a kiosk."""
    async with opened(settings) as core, core.database.transaction(await the_school(core, school)) as tx:
        issued = await core.devices.issue_enrolment_code(tx, name, actor="operator")
    return {
        "code": issued.code.shown,
        "device_name": issued.device_name,
        "expires_at": issued.expires_at.isoformat(),
    }


async def add_staff(settings: CoreSettings, school: str | None, new: NewStaff) -> dict[str, Any]:
    """Open a staff account."""
    hashed = await asyncio.to_thread(hash_password, new.password)
    async with opened(settings) as core, core.database.transaction(await the_school(core, school)) as tx:
        staff_id = await core.staff.add(tx, new, hashed, actor="operator")
    return {"staff_id": str(staff_id), "username": new.username, "role": new.role.value}


async def import_students(settings: CoreSettings, school: str | None, file: Path) -> dict[str, Any]:
    """Bring the roll of a school in; the remarks name line, column and reason, never what a cell held."""
    async with opened(settings) as core:
        data = await asyncio.to_thread(file.read_bytes)
        roll = await asyncio.to_thread(parse_roll, data, school_date(core.clock.now()))
        async with core.database.transaction(await the_school(core, school)) as tx:
            report = await core.roll_import.apply(tx, roll, "operator")
    return {
        "added": report.added,
        "changed": report.changed,
        "unchanged": report.unchanged,
        "refused": report.refused,
        "guardians_added": report.guardians_added,
        "guardians_changed": report.guardians_changed,
        "remarks": [
            {
                "sheet": one.place.sheet,
                "line": one.place.line,
                "column": one.column.value if one.column else None,
                "severity": one.severity.value,
                "reason": one.reason.value,
            }
            for one in report.remarks
        ],
    }


async def load_sample(settings: CoreSettings) -> dict[str, Any]:
    """Load the fictional school; again changes nothing.

    Raises:
        SettingsError: in production, where the sample's public link code has no business.
    """
    if settings.environment is Environment.PRODUCTION:
        raise SettingsError("The sample is a fictional school with a public code: not in production.")
    async with opened(settings) as core, core.database.transaction(SCHOOL_ID) as tx:
        sample = SampleSchool(core.clock, core.schools, core.students, core.guardians, core.exams, core.fees)
        loaded = await sample.load(tx)
    return {"school_id": str(loaded.school.id), "name": loaded.school.name}


async def rotate_keys(settings: CoreSettings, school: str | None, batch: int) -> dict[str, Any]:
    """Give a school, or every school and the installation itself, a new data key while it works.

    Data keys wrapped by an earlier master key (CONGTRUONG_PREVIOUS_MASTER_KEYS) are wrapped by the present one.
    """
    done = []
    async with opened(settings) as core:
        async with core.database.platform() as tx:
            schools = [one.id for one in await core.schools.list_schools(tx)]
        wanted = [await the_school(core, school)] if school else [*schools, PLATFORM]
        for school_id in wanted:
            moved = await Rotation(core.database, core.data_keys, batch).rotate(school_id)
            done.append({"school_id": str(school_id), **asdict(moved)})
    return {"rotated": done}


async def audit_verify(
    settings: CoreSettings, school: str | None, noted: AuditHead | None = None
) -> dict[str, Any]:
    """Walk the audit trail of a school, or of every school, and say whether it is whole.

    `noted` is a head written down earlier, of the one school: with it a cut end shows, too.
    """
    async with opened(settings) as core:
        async with core.database.platform() as tx:
            schools = [one.id for one in await core.schools.list_schools(tx)]
        wanted = [await the_school(core, school)] if school else schools
        trails = []
        for school_id in wanted:
            async with core.database.transaction(school_id) as tx:
                verdict = await core.audit.verify(tx, noted)
            head = verdict.head.mac.hex() if verdict.head else None
            trails.append(
                {
                    "school_id": str(school_id),
                    "entries": verdict.entries,
                    "intact": verdict.intact,
                    "broken_at": verdict.broken_at,
                    "head": head,
                }
            )
    return {"intact": all(one["intact"] for one in trails), "trails": trails}


async def the_school(core: Core, named: str | None) -> SchoolId:
    """The school that is meant: the one named by id, or the only one.

    Raises:
        SettingsError: when none is named and there is not exactly one; it says which there are.
    """
    if named:
        try:
            return SchoolId(UUID(named))
        except ValueError:
            raise SettingsError("--school takes the id of a school.") from None
    async with core.database.platform() as tx:
        schools = await core.schools.list_schools(tx)
    if not schools:
        raise SettingsError('There are 0 schools; make one first: ./congtruong core add-school "Trường …"')
    if len(schools) > 1:
        named = "".join(f"\n  {one.id}  {one.name}" for one in schools)
        raise SettingsError(f"There are {len(schools)} schools; name one with --school ID:{named}")
    return schools[0].id


def _watches(core: Core) -> tuple[Coroutine[None, None, None], ...]:
    """What looks by itself for something to do: waiting guardians, announcements, digests, missed pupils."""
    return (
        Escalation(core.database, core.handovers).run(),
        BroadcastWorker(core.database, core.database_url, core.broadcasts).run(),
        core.digests.run(),
        AbsenceWatch(core.database, core.absences).run(),
    )


def _money(core: Core) -> tuple[Coroutine[None, None, None], ...]:
    """What bank feeds told, and what is due soon."""
    notices = BankNotices(core.database, core.inbox, core.collecting, core.feeds)
    handlers = dict.fromkeys(SOURCES, notices)
    return (
        InboxWorker(core.database, core.database_url, core.inbox, core.clock, handlers).run(),
        FeeReminders(core.database, core.schools, core.calendars, core.collecting, core.clock).run(),
    )


def _console_delivery(core: Core) -> DeliveryWorker:
    return DeliveryWorker(
        database=core.database,
        database_url=core.database_url,
        notifications=core.notifications,
        clock=core.clock,
        channels={"console": ConsoleChannel(core.database)},
    )
