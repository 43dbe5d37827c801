"""Looks at the machine: room on its disk, its clock, and the certificates of our public addresses."""

from __future__ import annotations

import asyncio
import ctypes
import shutil
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from core.db.transaction import inside_transaction
from core.health.domain import Certificate, Machine

PATIENCE = 4.0
"""Seconds for all addresses together: somebody waits for the page."""
_TIMEX_BYTES = 512
_TIME_ERROR = 5


async def look(data_dir: Path, addresses: Iterable[str]) -> Machine:
    """The machine as it is now; addresses that are not https have no certificate."""
    assert not inside_transaction(), "no outside call inside a transaction"
    hosts = {(url.hostname, url.port or 443) for url in map(urlsplit, addresses) if url.scheme == "https"}
    async with asyncio.TaskGroup() as group:
        found = [group.create_task(_certificate(host or "", port)) for host, port in sorted(hosts, key=str)]
    disk = shutil.disk_usage(_nearest(data_dir))
    return Machine(disk.free, disk.total, clock_is_kept(), tuple(one.result() for one in found))


def clock_is_kept() -> bool | None:
    """Whether a time server keeps the kernel's clock (adjtimex(2)); None where the kernel does not say."""
    try:
        state = ctypes.CDLL(None).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else bool(state != _TIME_ERROR)


def _nearest(folder: Path) -> Path:
    """The folder, or the nearest one above that exists: production keeps nothing in it."""
    return next((one for one in (folder, *folder.resolve().parents) if one.exists()), Path("/"))


async def _certificate(host: str, port: int) -> Certificate:
    """What a browser would be shown."""
    try:
        async with asyncio.timeout(PATIENCE):
            _, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context())
    except ssl.SSLCertVerificationError as error:
        return Certificate(host, failure=str(error.verify_message))
    except (OSError, TimeoutError) as error:
        return Certificate(host, failure=type(error).__name__)
    peer = writer.get_extra_info("peercert")
    writer.close()
    return Certificate(host, datetime.fromtimestamp(ssl.cert_time_to_seconds(peer["notAfter"]), UTC))
