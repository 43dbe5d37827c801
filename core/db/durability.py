"""Lets a transaction commit without waiting for the disk, where losing it in a crash of the server costs nothing.

For claims of queued work alone: a lost claim is a row that waits again, and whoever worked on it finds its lease
gone. Facts and effects always wait for the disk.
"""

from __future__ import annotations

from sqlalchemy import text

from core.db.transaction import PlatformTx

_RELAX = text("SET LOCAL synchronous_commit = off")


async def may_be_lost(tx: PlatformTx) -> None:
    """Do not wait for the disk at this transaction's commit."""
    await tx.session.execute(_RELAX)
