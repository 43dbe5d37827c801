"""Starts the programs of a school as child processes, waits until each is ready, stops them in reverse order.

A program says that it is ready by one line of JSON with its address on standard output. Everything else it
says goes to its log file. This module does not restart what dies: the demo ends and shows the log instead.
"""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 60
STOP_SECONDS = 10


class ProgramFailedError(Exception):
    """A program ended or never became ready; the message ends with the last lines of its log."""


@dataclass(frozen=True, slots=True)
class Program:
    """A program to start."""

    name: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    log_file: Path

    def failed(self, why: str) -> ProgramFailedError:
        """The error that tells what happened, with the end of the log."""
        lines = self.log_file.read_text("utf-8", errors="replace").splitlines()[-15:]
        told = f"chương trình {self.name} dừng ({why}). Cuối nhật ký {self.log_file}:"
        return ProgramFailedError("\n".join([told, *lines]))


@dataclass(frozen=True, slots=True)
class Running:
    """A program that is ready at `url`."""

    program: Program
    process: asyncio.subprocess.Process
    url: str

    async def ended(self) -> ProgramFailedError:
        """Wait until the program ends by itself, and say so."""
        code = await self.process.wait()
        return self.program.failed(f"ended with status {code}")

    async def stop(self) -> None:
        """Ask it to stop, and insist after a while."""
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                async with asyncio.timeout(STOP_SECONDS):
                    await self.process.wait()
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


def free_port() -> int:
    """A port of this machine that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def start(program: Program) -> Running:
    """Start a program and wait for the line with its address.

    Raises:
        ProgramFailedError: when it ends first, or is not ready in a minute.
    """
    program.log_file.parent.mkdir(parents=True, exist_ok=True)
    with program.log_file.open("ab") as log:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *program.arguments,
            env=program.environment,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            # Ctrl-C reaches the demo alone, which then stops the programs in order.
            start_new_session=True,
        )
    try:
        async with asyncio.timeout(READY_SECONDS):
            url = await _address(program, process)
    except BaseException as error:
        if process.returncode is None:
            process.kill()
            await process.wait()
        if isinstance(error, TimeoutError):
            raise program.failed("was not ready in time") from error
        raise
    return Running(program, process, url)


async def _address(program: Program, process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    while line := await process.stdout.readline():
        try:
            said = json.loads(line)
        except ValueError:
            continue
        if isinstance(said, dict) and "url" in said:
            return str(said["url"])
    await process.wait()
    raise program.failed("ended before it was ready")
