"""The core as an operator runs it: commands, a ready line, a graceful stop."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from core import commands
from core.settings import SettingsError, load_settings
from tests.support.postgres import ROOT, TestServer


@pytest.fixture
def environment(database_url: str, tmp_path: Path) -> dict[str, str]:
    return {
        "PATH": os.defpath,
        "DATABASE_URL": database_url,
        "CONGTRUONG_DATA_DIR": str(tmp_path / "data"),
    }


async def run(environment: dict[str, str], *arguments: str, stdin: str = "") -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "core", *arguments),
        cwd=ROOT,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(stdin.encode())
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


@asynccontextmanager
async def served(environment: dict[str, str]) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "core", "serve", "--port", "0", "--json"),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        yield process, json.loads(await process.stdout.readline())["url"]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_it_says_where_it_serves_and_stops_when_asked(
    environment: dict[str, str], number: signal.Signals
) -> None:
    async with served(environment) as (process, url):
        async with aiohttp.ClientSession(url) as http, http.get("/readyz") as response:
            assert (response.status, await response.json()) == (
                200,
                {"status": "ready", "checks": {"database": True, "migrated": True}},
            )
        process.send_signal(number)
        assert await process.wait() == 0


async def test_an_operator_sets_up_a_school(environment: dict[str, str]) -> None:
    assert (await run(environment, "migrate"))[0] == 0
    code, _, err = await run(environment, "enrol-code", "Cổng chính")
    assert (code, "There are 0 schools" in err) == (1, True)
    assert (await run(environment, "add-school", "THCS Hoa Sen"))[0] == 0
    code, out, _ = await run(environment, "enrol-code", "Cổng chính")
    assert (code, json.loads(out)["device_name"]) == (0, "Cổng chính")
    add = ("add-staff", "co.lan", "Lan", "--role", "head", "--password-stdin")
    code, out, err = await run(environment, *add, stdin="mot mat khau dai\n")
    assert (code, json.loads(out)["role"]) == (0, "head")
    assert "mot mat khau dai" not in out + err
    code, _, err = await run(environment, *add, stdin="mot mat khau dai\n")
    assert (code, "staff.username_taken" in err) == (1, True)
    code, _, err = await run(environment, *add[:-1])
    assert (code, "--password-stdin" in err, "Traceback" in err) == (1, True, False)
    code, out, _ = await run(environment, "audit", "verify")
    assert (code, json.loads(out)["intact"]) == (0, True)


async def test_who_forgot_to_migrate_is_told_so(
    environment: dict[str, str], postgres_server: TestServer
) -> None:
    async with postgres_server.clone("unmigrated", "template0") as url:
        for verb in (("serve", "--port", "0"), ("add-school", "THCS Hoa Sen")):
            code, out, err = await run({**environment, "DATABASE_URL": url}, *verb)
            assert (code, out, "./congtruong core migrate" in err, "Traceback" in err) == (1, "", True, False)


async def test_several_schools_are_named_with_their_ids(database_url: str, tmp_path: Path) -> None:
    settings = load_settings(database_url=SecretStr(database_url), data_dir=tmp_path)
    ids = [(await commands.add_school(settings, name))["school_id"] for name in ("A", "B")]
    with pytest.raises(SettingsError) as told:
        await commands.enrol_code(settings, None, "Cổng chính")
    assert [one in str(told.value) for one in ids] == [True, True]


async def test_a_roll_is_imported_and_a_broken_one_is_a_code(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert (await run(environment, "load-sample"))[0] == 0
    roll = tmp_path / "roll.csv"
    roll.write_text("Lớp,Họ và tên,Ngày sinh,Giới tính\n8C,Lê Hoàng Nam,05/09/2013,Nam\n8C,,x,Nam\n", "utf-8")
    code, out, _ = await run(environment, "import-students", str(roll))
    assert (code, json.loads(out)["added"], json.loads(out)["refused"]) == (0, 1, 1)
    assert json.loads(out)["remarks"][0]["line"] == 3
    roll.write_bytes(b"PK\x03\x04 broken")
    code, _, err = await run(environment, "import-students", str(roll))
    assert (code, "roll." in err, "Traceback" in err) == (1, True, False)
    code, _, err = await run(environment, "import-students", str(tmp_path / "none.csv"))
    assert (code, "Traceback" in err) == (1, False)


async def test_a_production_start_without_secrets_says_what_to_set(environment: dict[str, str]) -> None:
    code, out, err = await run(environment | {"CONGTRUONG_ENVIRONMENT": "production"}, "serve")
    assert (code, out) == (1, "")
    assert "CONGTRUONG_MASTER_KEY" in err
    assert "Traceback" not in err


async def test_a_server_without_a_database_is_alive_but_not_ready(environment: dict[str, str]) -> None:
    lost = environment | {"DATABASE_URL": "postgresql://nobody:x@127.0.0.1:1/nothing"}
    async with served(lost) as (process, url), aiohttp.ClientSession(url) as http:
        async with http.get("/healthz") as response:
            assert response.status == 200
        async with http.get("/readyz") as response:
            assert response.status == 503
        process.send_signal(signal.SIGTERM)
        assert await process.wait() == 0
