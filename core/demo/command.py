"""`./congtruong demo`: a sample school with core, bot and kiosk, on this machine only.

Nothing listens beyond loopback. Ctrl-C stops everything in reverse order; what was done stays in the data
folder, and a second start takes seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import fcntl
import json
import os  # the programs inherit our environment, with a few settings on top
import shutil
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from core.db.embedded import EmbeddedPostgres, EmbeddedServerError
from core.db.transaction import DATABASE_FAULTS
from core.demo.prepare import Prepared, database, prepare
from core.demo.processes import Program, ProgramFailedError, Running, free_port, start
from core.settings import SettingsError

NEEDED_BYTES = 200 * 2**20
"""The sample takes a quarter of it (42 MB); PostgreSQL on a full disk fails in words of its own."""


def main(arguments: list[str] | None = None) -> int:
    """Prepare, start, wait, stop."""
    parser = argparse.ArgumentParser(prog="congtruong demo", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("data"), help="where its state is kept")
    parser.add_argument("--json", action="store_true", help="one line with the three addresses when ready")
    chosen = parser.parse_args(arguments)
    data: Path = chosen.data.resolve()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        free = shutil.disk_usage(data).free
        if free < NEEDED_BYTES:
            _say(
                f"congtruong demo: đĩa của {data} chỉ còn {free // 2**20} MB, cần {NEEDED_BYTES // 2**20} MB. "
                "Dọn bớt, hoặc chọn nơi khác: --data THƯ-MỤC."
            )
            return 1
        with _alone(data):
            return _demo(data, as_json=chosen.json)
    except BlockingIOError:
        _say(f"congtruong demo: đang chạy rồi với {data}. Muốn chạy thêm, thêm --data THƯ-MỤC-KHÁC.")
    except OSError as error:
        _say(
            f"congtruong demo: không ghi được vào {error.filename or data} ({error.strerror}). "
            "Chọn nơi khác: --data THƯ-MỤC."
        )
    return 1


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Hold a data folder: the one that stops takes the database along, so a second must not share it.

    Raises:
        BlockingIOError: another demo holds it.
    """
    with (data / "demo.lock").open("a") as held:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield


def _demo(data: Path, *, as_json: bool) -> int:
    started = time.monotonic()
    server: EmbeddedPostgres | None = None
    try:
        server = database(data)
        if server:
            _say("Khởi động PostgreSQL …")
            server.start()
        _say("Chuẩn bị trường mẫu …")
        prepared = prepare(data, server)
        asyncio.run(_run(data, prepared, as_json=as_json, started=started))
    except KeyboardInterrupt:
        return 130
    except (SettingsError, EmbeddedServerError, ProgramFailedError) as error:
        _say(f"congtruong demo: {error}")
        return 1
    except DATABASE_FAULTS as error:
        if isinstance(error, OSError) and error.filename:
            raise
        vi, en = (
            ("đi kèm", "that comes along") if server else ("mà DATABASE_URL chỉ", "that DATABASE_URL names")
        )
        _say(
            f"congtruong demo: cơ sở dữ liệu {vi} không trả lời "
            f"(the database {en} does not answer: {type(error).__name__})."
        )
        return 1
    finally:
        if server:
            server.stop()
            _say("Đã dừng.")
    return 0


async def _run(data: Path, prepared: Prepared, *, as_json: bool, started: float) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    running: list[Running] = []
    try:
        async with asyncio.TaskGroup() as group:
            port = free_port()  # known beforehand: the bot writes links to the core's pages
            bot = group.create_task(start(_bot(data, prepared, port)))
            core = await start(_core(data, prepared, port))
            running.append(core)
            await _enrol(data, prepared, core.url)
            running.append(await start(_kiosk(data, prepared, core.url)))
            running.insert(1, await bot)
        addresses = dict(zip(("core", "bot", "kiosk"), (one.url for one in running), strict=True))
        _welcome(addresses, prepared, as_json=as_json, seconds=time.monotonic() - started)
        await _until(stop, running)
    except ExceptionGroup as group_error:
        raise _first(group_error) from group_error
    finally:
        for one in reversed(running):
            await one.stop()


async def _until(stop: asyncio.Event, running: list[Running]) -> None:
    """Wait for Ctrl-C, or for a program that ends by itself."""
    async with asyncio.TaskGroup() as group:
        stopping = group.create_task(stop.wait())
        ends = [group.create_task(one.ended()) for one in running]
        await asyncio.wait([stopping, *ends], return_when=asyncio.FIRST_COMPLETED)
        for task in (stopping, *ends):
            task.cancel()
    for end in ends:
        if not end.cancelled() and not stop.is_set():
            raise end.result()


def _first(group: BaseExceptionGroup[Exception]) -> Exception:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner


def _surroundings(data: Path, prepared: Prepared, extra: Mapping[str, str] = {}) -> dict[str, str]:
    inherited = dict(os.environ)  # noqa: TID251 - children inherit it whole
    shared = {
        "DATABASE_URL": prepared.database_url,
        "CONGTRUONG_DATA_DIR": str(data),
        "PYTHONUNBUFFERED": "1",
    }
    return {**inherited, **shared, **extra}


def _public(port: int) -> dict[str, str]:
    return {"CONGTRUONG_CORE_PUBLIC_URL": f"http://127.0.0.1:{port}"} if port else {}


def _core(data: Path, prepared: Prepared, port: int = 0) -> Program:
    arguments = ("-m", "core", "serve", "--json", "--port", str(port))
    return Program(
        "core", arguments, _surroundings(data, prepared, _public(port)), data / "logs" / "core.log"
    )


def _bot(data: Path, prepared: Prepared, core_port: int = 0) -> Program:
    arguments = ("-m", "bot", "serve", "--json", "--port", "0")
    surroundings = _surroundings(data, prepared, _public(core_port))
    return Program("bot", arguments, surroundings, data / "logs" / "bot.log")


def _kiosk_surroundings(data: Path, prepared: Prepared, core_url: str) -> dict[str, str]:
    own = {
        "CONGTRUONG_KIOSK_CORE_URL": core_url,
        "CONGTRUONG_KIOSK_DATA_DIR": str(data / "kiosk"),
        "CONGTRUONG_KIOSK_EMULATED": "true",
        "CONGTRUONG_KIOSK_PUPILS_FILE": str(prepared.pupils_file),
    }
    # Another machine, other trust: a kiosk never sees the database.
    kept = _surroundings(data, prepared, own)
    return {name: value for name, value in kept.items() if name != "DATABASE_URL"}


def _kiosk(data: Path, prepared: Prepared, core_url: str) -> Program:
    arguments = ("-m", "kiosk", "serve", "--json", "--port", "0")
    environment = _kiosk_surroundings(data, prepared, core_url)
    return Program("kiosk", arguments, environment, data / "logs" / "kiosk.log")


async def _enrol(data: Path, prepared: Prepared, core_url: str) -> None:
    if prepared.kiosk_code is None:
        return
    command = (sys.executable, "-m", "kiosk", "enrol", "--code", prepared.kiosk_code)
    environment = _kiosk_surroundings(data, prepared, core_url)
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    said, _ = await process.communicate()
    if process.returncode:
        raise ProgramFailedError(f"kiosk enrol: {said.decode(errors='replace').strip()}")


def _welcome(addresses: dict[str, str], prepared: Prepared, *, as_json: bool, seconds: float) -> None:
    if as_json:
        sys.stdout.write(json.dumps(addresses) + "\n")
        sys.stdout.flush()
    _say(
        f"Sẵn sàng sau {seconds:.1f} giây. Trường mẫu, mọi người trong đó đều là hư cấu.\n"
        f"  Phụ huynh nhắn tin   {addresses['bot']}/chat?lk={prepared.link_code}\n"
        f"  Nhân viên theo dõi   {addresses['core']}/   (tên: hieutruong, mật khẩu: {prepared.password})\n"
        f"  Máy điểm danh        {addresses['kiosk']}/\n"
        f"  API hỏi đáp          {addresses['bot']}/api/v1/   (khoá: {prepared.api_key_file})\n"
        "Bấm Ctrl-C để dừng."
    )


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")
    sys.stderr.flush()
