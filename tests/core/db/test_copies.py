"""A copy of a living school comes back whole into an empty database, and is worth nothing without the master key."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from core.__main__ import main
from core.app import Core, build_core
from core.health.repository import list_all
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID, SampleSchool
from core.settings import CoreSettings
from core.values.clock import FixedClock
from tests.conftest import MASTER_KEY_TEXT
from tests.support.postgres import TestServer

OTHER_KEY = "b3RoZXJvdGhlcm90aGVyb3RoZXJvdGhlcm90aGVyMTI="


def opened(url: str, key: str, clock: FixedClock) -> Core:
    settings = CoreSettings(database_url=url, master_key=key, session_key=key)  # type: ignore[arg-type]
    return build_core(settings, clock)


@pytest.fixture
async def school(database_url: str, clock: FixedClock) -> AsyncIterator[Core]:
    core = opened(database_url, MASTER_KEY_TEXT, clock)
    async with core.database.transaction(SCHOOL_ID) as tx:
        await SampleSchool(
            core.clock, core.schools, core.students, core.guardians, core.exams, core.fees
        ).load(tx)
    yield core
    await core.database.dispose()


@pytest.fixture
async def empty(postgres_server: TestServer) -> AsyncIterator[str]:
    async with postgres_server.clone(f"empty{os.getpid()}", template="template0") as url:
        yield url


@dataclass
class Operator:
    """Somebody at a terminal of the server."""

    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    folder: Path

    async def types(self, url: str, key: str, *words: str) -> tuple[int, Any]:
        """A command on a database with a key: its status, and what it printed."""
        self.monkeypatch.setenv("DATABASE_URL", url)
        self.monkeypatch.setenv("CONGTRUONG_MASTER_KEY", key)
        self.capsys.readouterr()
        status = await asyncio.to_thread(main, ["--data", str(self.folder), *words])
        said = self.capsys.readouterr()
        lines = [line for line in said.out.splitlines() if line.startswith("{")]
        return status, json.loads(lines[-1]) if lines else said.err


@pytest.fixture
def operator(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Operator:
    return Operator(monkeypatch, capsys, tmp_path)


async def test_a_copy_comes_back_whole_and_only_into_an_empty_database(
    school: Core, operator: Operator, database_url: str, empty: str, clock: FixedClock
) -> None:
    async with school.database.transaction(SCHOOL_ID) as tx:
        await school.calendars.set_saturdays(tx, "staff:x", lessons=False)
    copy = operator.folder / "truong.copy"
    status, told = await operator.types(database_url, MASTER_KEY_TEXT, "backup", str(copy))
    assert (status, told["bytes"], copy.stat().st_mode & 0o777) == (0, copy.stat().st_size, 0o600)
    assert pupils()[0].new.full_name.encode() not in copy.read_bytes()
    async with school.database.transaction(SCHOOL_ID) as tx:
        assert [one.name for one in await list_all(tx)] == ["backup"], "the room of the machines knows"
        await tx.session.execute(text("ALTER TABLE health_signs RENAME TO not_there_yet"))
    assert (await operator.types(database_url, MASTER_KEY_TEXT, "backup", str(copy)))[0] == 1
    older = operator.folder / "before-the-upgrade.copy"
    assert (await operator.types(database_url, MASTER_KEY_TEXT, "backup", str(older)))[0] == 0
    assert not copy.with_name("truong.copy.part").exists()

    status, why = await operator.types(database_url, MASTER_KEY_TEXT, "restore", str(copy))
    assert (status, "empty" in why) == (1, True)

    status, told = await operator.types(empty, MASTER_KEY_TEXT, "restore", str(copy))
    assert (status, told["intact"], told["messages_waiting"]) == (0, True, 0)
    assert re.fullmatch(r"\d\d:\d\d \d\d/\d\d/\d{4}", told["knows_until"])
    assert "tắt hẳn máy cũ" in " ".join(told["remember"].split())
    back = opened(empty, MASTER_KEY_TEXT, clock)
    async with back.database.transaction(SCHOOL_ID) as tx:
        found = await back.students.list_students(tx)
        assert {one.full_name for one in found} == {one.new.full_name for one in pupils()}
        assert (await back.audit.verify(tx)).intact
    await back.database.dispose()

    status, told = await operator.types(empty, OTHER_KEY, "check-sealed")
    assert (status, told["intact"]) == (1, False)


async def test_what_cannot_be_opened_is_counted_by_column_and_not_shown(
    school: Core, operator: Operator, database_url: str
) -> None:
    async with school.database.transaction(SCHOOL_ID) as tx:
        await tx.session.execute(
            text(
                "UPDATE students SET sealed_profile = set_byte(sealed_profile, 30, 255 - get_byte(sealed_profile, 30)) "
                "WHERE id IN (SELECT id FROM students LIMIT 2)"
            )
        )
    status, told = await operator.types(database_url, MASTER_KEY_TEXT, "check-sealed")
    lost = {name: count for one in told["schools"] for name, count in one["unreadable"].items()}
    assert (status, lost) == (1, {"students.sealed_profile": 2})


async def test_a_file_that_is_no_copy_leaves_the_database_empty(operator: Operator, empty: str) -> None:
    (operator.folder / "wrong").write_bytes(b"not a copy")
    for name in ("wrong", "missing"):
        status, why = await operator.types(empty, MASTER_KEY_TEXT, "restore", str(operator.folder / name))
        assert status == 1
        assert "Traceback" not in why
        assert "only-for-tests" not in why
