"""What a newcomer does: one command, three addresses, Ctrl-C."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import signal
import stat
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from core.db.embedded import EmbeddedPostgres
from core.demo.command import main
from core.demo.processes import Program, ProgramFailedError, start
from tests.journeys.taps import tap

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[2]


def surroundings(**extra: str) -> dict[str, str]:
    # The programs inherit what this test process has, without its database.
    inherited = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}  # noqa: TID251
    return {**inherited, "PYTHONPATH": str(ROOT), **extra}


@asynccontextmanager
async def demo(data: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, str]]]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "core.demo", "--json", "--data", str(data)),
        env=surroundings(),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(120):
            yield process, json.loads(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGINT)
            async with asyncio.timeout(40):
                await process.wait()


async def verdict_of_a_tap(kiosk: str) -> str:
    """What the kiosk's screen tells the first listed pupil."""
    await tap(kiosk, 0)
    async with aiohttp.ClientSession() as http, http.get(f"{kiosk}/events") as events:
        async for line in events.content:
            view = json.loads(line[6:])["view"] if line.startswith(b'data: {"view"') else None
            if view and view["screen"].startswith("verdict"):
                return str(view["screen"])
    return "the page was closed"


async def account_page(core: str, data: Path) -> str:
    """A page that tells others an address of ours, as the head reads it."""
    password = json.loads((data / "secrets.json").read_text("utf-8"))["demo_password"][:12]
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(core, cookie_jar=jar) as http:
        await http.post("/console/sign-in", data={"username": "hieutruong", "password": password})
        async with http.get("/console/fees/account") as page:
            return await page.text()


async def test_one_command_gives_three_working_addresses_and_ctrl_c_leaves_nothing_running(
    tmp_path: Path,
) -> None:
    data = tmp_path / "school"
    for _start in ("first", "second"):
        async with demo(data) as (process, addresses):
            assert set(addresses) == {"core", "bot", "kiosk"}
            async with aiohttp.ClientSession() as http:
                for path in (addresses["core"], addresses["bot"] + "/chat", addresses["kiosk"]):
                    async with http.get(path) as response:
                        assert response.status == 200
                async with http.get(addresses["core"] + "/readyz") as ready:
                    assert ready.status == 200
            assert addresses["core"] in await account_page(addresses["core"], data)
            # The core has another port at each start; the kiosk, enrolled at the first, must find it again.
            assert await verdict_of_a_tap(addresses["kiosk"]) == "verdict_accepted"
        assert process.returncode == 0
        assert not EmbeddedPostgres(data / "postgres", password="any").is_running()
        assert stat.S_IMODE(data.stat().st_mode) == 0o700
        assert stat.S_IMODE((data / "secrets.json").stat().st_mode) == 0o600
    logged = "".join(path.read_text("utf-8") for path in (data / "logs").glob("*.log"))
    assert "Traceback" not in logged


async def test_a_database_that_cannot_be_reached_is_one_sentence_not_a_stack_trace(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "core.demo", "--json", "--data", str(tmp_path / "school")),
        env=surroundings(DATABASE_URL="postgresql://nobody:wrong@127.0.0.1:9/none"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, complained = await process.communicate()
    assert process.returncode == 1
    assert said == b""
    assert b"Traceback" not in complained
    assert b"DATABASE_URL" in complained
    assert b"wrong" not in complained


async def test_ctrl_c_while_it_loads_ends_it_without_a_stack_trace(tmp_path: Path) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-v", "-m", "core.demo", "--data", str(tmp_path / "school")),
        env=surroundings(),
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stderr is not None
    async for line in process.stderr:
        if b"import 'core.demo.prepare'" in line or b"import 'sqlalchemy'" in line:
            process.send_signal(signal.SIGINT)
            break
    _, said = await process.communicate()
    assert process.returncode == -signal.SIGINT
    assert b"Traceback" not in said
    assert not (tmp_path / "school").exists()


def test_a_second_demo_leaves_the_first_its_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (tmp_path / "demo.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert main(["--data", str(tmp_path)]) == 1
    assert "đang chạy rồi" in capsys.readouterr().err
    assert not (tmp_path / "postgres").exists()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["--data", str(tmp_path / "file")]) == 1
    assert f"không ghi được vào {tmp_path / 'file'}" in capsys.readouterr().err


async def test_a_program_that_dies_at_once_shows_the_end_of_its_log(tmp_path: Path) -> None:
    program = Program(
        "broken", ("-c", "raise SystemExit('no luck today')"), surroundings(), tmp_path / "b.log"
    )
    with pytest.raises(ProgramFailedError, match="no luck today"):
        await start(program)
