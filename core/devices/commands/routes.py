"""The kiosk's side of orders: ask for them (the answer waits a little), and say what became of one.

A long poll, not a stream: each question is signed like every other request, and a proxy that cuts long
connections costs one question.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from core.contracts.commands import (
    MOST_WAIT_SECONDS,
    CommandBatch,
    CommandResult,
    DeviceCommand,
    ResultReceipt,
)
from core.db.bell import Bell
from core.db.transaction import Database
from core.devices.commands.domain import CommandNotFoundError
from core.devices.commands.ports import CommandListener
from core.devices.commands.service import Commands
from core.devices.domain import Device
from core.devices.routes import DEVICE, SIGNATURE, SIGNATURE_ERRORS, SignatureCheck
from core.values.clock import Clock
from core.values.ids import CommandId
from core.web.openapi import Call, NoBody, Operation
from core.web.sse import STOPPING, news_or_stop


@dataclass(frozen=True, slots=True)
class CommandRoutes:
    """The operations of orders."""

    database: Database
    commands: Commands
    bell: Bell
    listener: CommandListener
    clock: Clock

    def operations(self) -> tuple[Operation[Any], ...]:
        """For the API registry."""
        signed = SignatureCheck(self.database, self.commands.devices)
        return (
            Operation(
                "GET",
                "/devices/commands",
                "Wait for orders of staff, `?wait=` seconds at most (0 to 25). An order comes again until its "
                "result is there; its id says that it is the same.",
                self._commands,
                CommandBatch,
                tag="devices",
                errors=SIGNATURE_ERRORS,
                security=SIGNATURE.name,
                before_body=signed,
            ),
            Operation(
                "POST",
                "/devices/commands/{command_id}/result",
                "Say what became of an order. The first result counts.",
                self._result,
                ResultReceipt,
                body=CommandResult,
                tag="devices",
                errors=(*SIGNATURE_ERRORS, CommandNotFoundError),
                security=SIGNATURE.name,
                before_body=signed,
            ),
        )

    async def _commands(self, call: Call[NoBody]) -> CommandBatch:
        device = call.request[DEVICE]
        stopping = call.request.config_dict[STOPPING]
        loop = asyncio.get_running_loop()
        until = loop.time() + _seconds(call.request.query.get("wait"))
        with self.bell.waiting_for(device.id) as rung:
            found = await self._pending(device)
            while not found and not stopping.is_set() and loop.time() < until:
                await news_or_stop(rung, stopping, until - loop.time())
                rung.clear()
                found = await self._pending(device)
        return CommandBatch(server_time=self.clock.now(), commands=found)

    async def _pending(self, device: Device) -> tuple[DeviceCommand, ...]:
        async with self.database.transaction(device.school_id) as tx:
            return await self.commands.pending(tx, device.id)

    async def _result(self, call: Call[CommandResult]) -> ResultReceipt:
        device = call.request[DEVICE]
        try:
            command_id = CommandId(UUID(call.request.match_info["command_id"]))
        except ValueError:
            raise CommandNotFoundError from None
        async with self.database.transaction(device.school_id) as tx:
            ended = await self.commands.finish(tx, device.id, command_id, call.body)
            if ended is not None:
                await self.listener.finished(tx, ended)
        return ResultReceipt(recorded=ended is not None)


def _seconds(text: str | None) -> float:
    """What was asked for, within what we offer; nonsense counts as no waiting."""
    try:
        wanted = float(text or 0)
    except ValueError:
        return 0.0
    return min(max(wanted, 0.0), float(MOST_WAIT_SECONDS)) if wanted == wanted else 0.0  # noqa: PLR0124 - nan
