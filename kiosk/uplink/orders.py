"""Fetches staff's orders from the core, has each done at most once, and says what became of it.

An order's id is on the disk before it is begun: a kiosk that falls over in the middle does not begin it again,
it says that it was interrupted. Where the disk takes nothing, an answer to a pupil and whatever else may come twice is
done all the same. Orders run side by side, so that a slow one holds no answer to a pupil back. What
the orders mean is `kiosk.remote`'s business.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog
from pydantic import ValidationError

from core.contracts.commands import (
    CommandBatch,
    CommandOutcome,
    CommandResult,
    DeviceCommand,
    Order,
    Restart,
    Update,
)
from kiosk.clock import Clock
from kiosk.errors import KioskError, RefusedError
from kiosk.uplink.journal import replace_file

_log = structlog.get_logger()
WAIT_SECONDS = 20
_PATIENCE_SECONDS = 90.0
_REMEMBERED = 200
_ONLY_ONCE = (Restart, Update)
"""What a kiosk that forgot it would begin again, and again."""
_DISK = CommandResult(outcome=CommandOutcome.FAILED, detail="disk")


@dataclass(frozen=True, slots=True)
class Obeyed:
    """What to report of an order, and what is to happen once that is reported (a restart)."""

    result: CommandResult
    then: Callable[[], None] | None = None


class Hands(Protocol):
    """Does what an order says."""

    async def obey(self, order: Order) -> Obeyed:
        """Do it; whatever it raises counts as failed."""
        ...


class OrderLine(Protocol):
    """The way to the core for orders; `CoreClient` is one."""

    async def commands(self, wait: int) -> CommandBatch:
        """The orders that wait; raises RefusedError or UnreachableError."""
        ...

    async def tell_result(self, command_id: UUID, result: CommandResult) -> None:
        """Say what became of one; raises RefusedError or UnreachableError."""
        ...


class OrderBook:
    """Which orders were begun and what became of them, on disk (sổ lệnh)."""

    def __init__(self, path: Path) -> None:
        """Read what is known; a damaged book counts as empty, and the core's expiry limits the harm."""
        self._path = path
        self._known: dict[str, CommandResult | None] = {}
        try:
            kept = json.loads(path.read_text())
            self._known = {
                str(UUID(key)): None if said is None else CommandResult.model_validate(said)
                for key, said in kept.items()
            }
        except FileNotFoundError:
            return
        except (OSError, ValueError, AttributeError, ValidationError) as error:
            _log.warning("order_book_unreadable", kind=type(error).__name__)

    def begun(self, command_id: UUID) -> bool:
        """Whether this order was begun before."""
        return str(command_id) in self._known

    def result(self, command_id: UUID) -> CommandResult:
        """What became of a begun order; interrupted when nothing was written down."""
        said = self._known.get(str(command_id))
        return said or CommandResult(outcome=CommandOutcome.FAILED, detail="interrupted")

    def write(self, command_id: UUID, result: CommandResult | None) -> None:
        """Write down that an order is begun (None), or what became of it."""
        self._known[str(command_id)] = result
        for old in list(self._known)[:-_REMEMBERED]:
            del self._known[old]
        kept = {key: said.model_dump(mode="json") if said else None for key, said in self._known.items()}
        replace_file(self._path, json.dumps(kept).encode())


@dataclass(slots=True)
class Orders:
    """The kiosk's ear for staff (nhận lệnh của thầy cô)."""

    line: OrderLine
    hands: Hands
    book: OrderBook
    core_time: Clock
    pause: float = 2.0
    _doing: set[UUID] = field(default_factory=set)
    _writing: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Listen until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                try:
                    batch = await self.line.commands(WAIT_SECONDS)
                except KioskError:
                    # The sender and the heartbeat tell of a lost network; here it is only waited for.
                    await asyncio.sleep(self.pause)
                    continue
                fresh = [one for one in batch.commands if one.id not in self._doing]
                for command in fresh:
                    self._doing.add(command.id)
                    group.create_task(self.one(command))
                if batch.commands and not fresh:
                    await asyncio.sleep(self.pause / 4)

    async def one(self, command: DeviceCommand) -> None:
        """Do one order, unless it was begun before or came too late, and report it."""
        try:
            obeyed = await self._obeyed(command)
            await self._report(command.id, obeyed.result)
            if obeyed.then is not None:
                obeyed.then()
        finally:
            self._doing.discard(command.id)

    async def _obeyed(self, command: DeviceCommand) -> Obeyed:
        if self.book.begun(command.id):
            return Obeyed(self.book.result(command.id))
        if self.core_time.now() > command.expires_at:
            return Obeyed(CommandResult(outcome=CommandOutcome.EXPIRED))
        try:
            noted = await self._note(command.id, None)
            if not noted and isinstance(command.order, _ONLY_ONCE):
                return Obeyed(_DISK)
            async with asyncio.timeout(_PATIENCE_SECONDS):
                obeyed = await self.hands.obey(command.order)
            await self._note(command.id, obeyed.result)
        except OSError as error:
            _log.error("order_not_kept", order=command.order.kind, kind=type(error).__name__)
            return Obeyed(_DISK)
        except Exception as error:  # noqa: BLE001 - an order that fails must not stop the kiosk
            _log.error("order_failed", order=command.order.kind, kind=type(error).__name__)
            return Obeyed(CommandResult(outcome=CommandOutcome.FAILED, detail="unexpected"))
        _log.info("order", order=command.order.kind, outcome=obeyed.result.outcome.value)
        return obeyed

    async def _note(self, command_id: UUID, result: CommandResult | None) -> bool:
        """Write into the book, orders that run side by side in turns; False when the disk took nothing."""
        async with self._writing:
            try:
                await asyncio.to_thread(self.book.write, command_id, result)
            except OSError as error:
                _log.error("order_book_not_written", kind=type(error).__name__)
                return False
        return True

    async def _report(self, command_id: UUID, result: CommandResult) -> None:
        """Say it once; when it does not arrive the core asks again and the book answers."""
        try:
            await self.line.tell_result(command_id, result)
        except RefusedError as error:
            _log.warning("order_result_refused", status=error.status, reason=error.reason)
        except KioskError as error:
            _log.info("order_result_not_told", code=error.code)
