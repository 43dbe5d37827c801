"""What this slice asks of those above it."""

from __future__ import annotations

from typing import Protocol

from core.db.transaction import Tx
from core.devices.commands.domain import IssuedCommand


class CommandListener(Protocol):
    """Hears what became of orders, and tells whoever gave them."""

    async def finished(self, tx: Tx, command: IssuedCommand) -> None:
        """An order ended, by its result or because its time ran out."""
        ...
