"""Gets a school ready: database started and migrated, sample loaded, staff accounts, a code for the kiosk.

Everything here may be repeated: a second start finds what the first one made. It is for the sample school;
a real school uses the commands of `congtruong-core`, which this calls as well.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from core.answers.keys.domain import NewApiKey
from core.app import Core
from core.commands import migrate, opened
from core.consents.domain import NewConsent, Purpose, Standing
from core.db.embedded import EmbeddedPostgres
from core.db.transaction import Tx
from core.sample.people import STAFF, pupils
from core.sample.school import DEMO_LINK_CODE, SCHOOL_ID, SampleSchool
from core.settings import CoreSettings, Environment, SettingsError, kept_secret, load_settings
from core.staff.domain import NewStaff, Role, UsernameTakenError
from core.staff.passwords import hash_password
from core.values.ids import StudentId

GATE = "Cổng chính"
API_KEY_FILE = "api-key.txt"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the demo starts the programs with."""

    database_url: str = field(repr=False)
    pupils_file: Path
    password: str = field(repr=False)
    link_code: str = field(repr=False)
    kiosk_code: str | None = field(repr=False)
    api_key_file: Path


def database(data: Path) -> EmbeddedPostgres | None:
    """The embedded server of the data folder; nothing when DATABASE_URL names another."""
    if CoreSettings().database_url is not None:
        return None
    return EmbeddedPostgres(data / "postgres", kept_secret(data, "database_password"))


def prepare(data: Path, server: EmbeddedPostgres | None) -> Prepared:
    """Migrate and load; the server must be running.

    Raises:
        SettingsError: in production, where the sample has no business.
    """
    url = SecretStr(server.url()) if server else None
    settings = load_settings(data_dir=data, **({"database_url": url} if url else {}))
    if settings.environment is Environment.PRODUCTION:
        raise SettingsError("The demo loads a fictional school with a public code: not in production.")
    migrate(settings)
    password = kept_secret(data, "demo_password")[:12]
    enrolled = (data / "kiosk" / "device.json").exists()
    code = asyncio.run(_load(settings, password, enrolled=enrolled))
    key_file = asyncio.run(_api_key(settings, data))
    pupils_file, url_text = _pupils_file(data), settings.require_database_url()
    return Prepared(url_text, pupils_file, password, DEMO_LINK_CODE.shown, code, key_file)


async def _load(settings: CoreSettings, password: str, *, enrolled: bool) -> str | None:
    async with opened(settings) as core:
        async with core.database.transaction(SCHOOL_ID) as tx:
            loaded = await SampleSchool(
                core.clock, core.schools, core.students, core.guardians, core.exams, core.fees
            ).load(tx)
            await _agreed_on_paper(core, tx, loaded.demo_children)
        await _staff(core, password)
        if enrolled:
            return None
        async with core.database.transaction(SCHOOL_ID) as tx:
            return (await core.devices.issue_enrolment_code(tx, GATE, actor="demo")).code.shown


async def _agreed_on_paper(core: Core, tx: Tx, children: Sequence[StudentId]) -> None:
    """The demo's family signed for messages when their children arrive; without that nobody would be told."""
    purpose = Purpose.ATTENDANCE_MESSAGES
    for student_id, standings in (await core.consents.standings(tx, children)).items():
        if standings[purpose] is Standing.NOT_ASKED:
            await core.consents.record(tx, NewConsent(student_id, purpose, given=True, actor="demo"))


async def _api_key(settings: CoreSettings, data: Path) -> Path:
    """A key for the answers API, issued once and kept beside the other secrets of the demo."""
    path = data / API_KEY_FILE
    if not path.exists():
        async with opened(settings) as core, core.database.transaction(SCHOOL_ID) as tx:
            issued = await core.answers.api_keys.issue(tx, NewApiKey("Bản dùng thử"), actor="demo")
        path.touch(mode=0o600)
        path.write_text(issued.secret + "\n", encoding="ascii")
    return path


async def _staff(core: Core, password: str) -> None:
    hashed = hash_password(password)
    async with core.database.transaction(SCHOOL_ID) as tx:
        classes = {one.name: one.id for one in await core.students.list_classes(tx)}
    for one in STAFF:
        class_id = classes.get(one.class_name)
        new = NewStaff(one.username, one.full_name, Role(one.role), password, class_id)
        try:
            async with core.database.transaction(SCHOOL_ID) as tx:
                await core.staff.add(tx, new, hashed, actor="demo")
        except UsernameTakenError:
            continue


def _pupils_file(data: Path) -> Path:
    """The emulated cards that the kiosk's panel can tap: the demo guardian's children and some others."""
    listed = [
        {
            "full_name": pupil.new.full_name,
            "citizen_id": pupil.citizen_id.value,
            "born_on": pupil.new.born_on.isoformat(),
            "class_name": pupil.new.class_name,
        }
        for pupil in pupils()[::12]
    ]
    path = data / "sample-cards.json"
    path.write_text(json.dumps(listed, ensure_ascii=False), encoding="utf-8")
    path.chmod(0o600)
    return path
