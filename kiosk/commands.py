"""The verbs of `./congtruong kiosk`: serve, enrol, doctor, spool; card and face add their own."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import importlib.util
import json
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import aiohttp

from kiosk.clock import CoreTime, SystemClock
from kiosk.doctor import examine
from kiosk.errors import KioskError, RefusedError, UnreachableError
from kiosk.logs import configure_logs
from kiosk.settings import KioskSettings, load_settings
from kiosk.uplink.client import enrol
from kiosk.uplink.identity import Identity, keep_identity
from kiosk.uplink.moving import leave_school
from kiosk.uplink.spool import Spool, peek

# Parts that bring verbs of their own where they are installed.
RESTART_STATUS = 75
LEFT_BEHIND = (
    "Máy này trước đây của trường khác. Những lượt mà trường ấy chưa nhận (nếu có) được cất, vẫn mã hoá, ở thư "
    "mục {folder} trong thư mục dữ liệu của máy; máy không gửi cho trường mới. Thầy cô báo trường cũ nhé."
)
"""EX_TEMPFAIL: the service manager (systemd: `RestartForceExitStatus=75`) starts the kiosk again."""
_GUESTS = ("kiosk.card.commands", "kiosk.face.commands", "kiosk.updates.commands")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    root = argparse.ArgumentParser(prog="congtruong kiosk", description="The kiosk at the gate.")
    verbs = root.add_subparsers(dest="verb", required=True)
    serve = verbs.add_parser("serve", help="run the kiosk and its page")
    serve.add_argument("--json", action="store_true", help="one line with the page's address when ready")
    serve.add_argument("--port", type=int, default=None, help="the page's port; 0 takes a free one")
    serve.set_defaults(func=_serve)
    enrolment = verbs.add_parser("enrol", help="trade a one-time code for an identity")
    enrolment.add_argument("--code", default=None, help="the code; asked for when it is not given")
    enrolment.add_argument("--json", action="store_true")
    enrolment.set_defaults(func=_enrol)
    doctor = verbs.add_parser("doctor", help="what is wrong and how to mend it")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(func=_doctor)
    spool = verbs.add_parser("spool", help="reports that wait; the kiosk must not be running")
    spool.add_argument("--retry", action="store_true", help="queue the parked reports again")
    spool.add_argument(
        "--checked", action="store_true", help="lost records were compared with the school's book"
    )
    spool.set_defaults(func=_spool)
    for name in _GUESTS:
        if _present(name):
            importlib.import_module(name).register(verbs)
    return root


def _present(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def run(arguments: list[str] | None = None) -> int:
    """Do what the command line says; the exit status."""
    chosen = parser().parse_args(arguments)
    function: Callable[[argparse.Namespace], int] = chosen.func
    try:
        return function(chosen)
    except KioskError as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _serve(chosen: argparse.Namespace) -> int:
    settings = load_settings() if chosen.port is None else load_settings(port=chosen.port)
    configure_logs(settings.log_level)

    def ready(url: str) -> None:
        line = json.dumps({"url": url}) if chosen.json else f"Kiosk: {url}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()

    return asyncio.run(_until_stopped(settings, ready))


async def _until_stopped(settings: KioskSettings, ready: Callable[[str], None]) -> int:
    """Serve until SIGTERM or Ctrl-C, or until staff or the watch-dog want a restart; the exit status."""
    # The other verbs do without the page and all that it brings.
    from kiosk.app import build_kiosk
    from kiosk.watchdog import end_at_the_latest

    loop, here, status = asyncio.get_running_loop(), asyncio.current_task(), 0
    assert here is not None, "a coroutine runs in a task"
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, here.cancel)
    with suppress(asyncio.CancelledError):
        status = RESTART_STATUS if await build_kiosk(settings).serve(ready) else 0
    end_at_the_latest(status)
    return status


def _enrol(chosen: argparse.Namespace) -> int:
    settings = load_settings()
    code = chosen.code or input("Mã đăng ký máy: ").strip()
    try:
        identity = asyncio.run(_enrolled(settings, code))
    except RefusedError as error:
        sys.stderr.write(f"Nhà trường không nhận mã này ({error.reason}). Xin mã mới rồi thử lại.\n")
        return 1
    except UnreachableError as error:
        sys.stderr.write(f"Không gọi được {settings.core_url} ({error.detail}).\n")
        return 1
    answer = {"device_id": str(identity.device_id), "school": identity.school_name}
    sys.stdout.write((json.dumps(answer, ensure_ascii=False) if chosen.json else identity.school_name) + "\n")
    return 0


async def _enrolled(settings: KioskSettings, code: str) -> Identity:
    async with aiohttp.ClientSession() as http:
        key, receipt = await enrol(http, settings.core_url, code, settings.name, CoreTime(SystemClock()))
    left = leave_school(settings.data_dir, receipt.school_id)
    if left is not None:
        sys.stderr.write(f"{LEFT_BEHIND.format(folder=left.name)}\n")
    return keep_identity(settings.data_dir, key, receipt, settings.core_url)


def _doctor(chosen: argparse.Namespace) -> int:
    findings = asyncio.run(examine(load_settings()))
    if chosen.json:
        listed = [{"part": f.part, "state": f.state, "what": f.what, "mend": f.mend} for f in findings]
        sys.stdout.write(json.dumps(listed, ensure_ascii=False) + "\n")
    else:
        for found in findings:
            mend = f"\n        → {found.mend}" if found.mend else ""
            sys.stdout.write(f"{found.state:5} {found.part}: {found.what}{mend}\n")
    return 1 if any(found.state == "bad" for found in findings) else 0


def _spool(chosen: argparse.Namespace) -> int:
    folder = load_settings().data_dir / "spool"
    # Only looking disturbs no kiosk that is writing; what changes something waits until none does.
    again = _mended(folder, chosen) if chosen.retry or chosen.checked or not folder.exists() else 0
    found = peek(folder)
    items = found.items.values()
    parked = [
        {"report_id": str(i.report.report_id), "reason": i.parked} for i in items if i.parked is not None
    ]
    waiting, lost = len(items) - len(parked), found.recovery.lost_records
    said = {"waiting": waiting, "parked": parked, "queued_again": again, "lost": lost}
    sys.stdout.write(json.dumps(said) + "\n")
    return 0


def _mended(folder: Path, chosen: argparse.Namespace) -> int:
    """Do what is asked for to the spool; says how many reports are queued again."""
    spool = Spool(folder)
    try:
        if chosen.checked:
            spool.forget_lost()
        return spool.retry_parked() if chosen.retry else 0
    finally:
        spool.close()
