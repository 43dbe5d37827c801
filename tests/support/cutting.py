"""Cuts a program's way to the database at its n-th step: before a statement, and after a commit whose word is lost.

Before a statement the server itself ends the connection in the middle of the transaction (`pg_terminate_backend`).
After a commit the work is done and its doer does not learn of it. Either way the work is started again, as a worker
would, until nothing was cut any more; then it must have been done once.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.orm import Session

KILL = "SELECT pg_terminate_backend(pg_backend_pid())"
MOST_STEPS = 400
_Ours = Callable[..., Any]


class LostWordError(ConnectionError):
    """The commit was carried out; its answer never came."""


@dataclass
class Cut:
    """At which step the way is cut, and whether it was."""

    at: int
    steps: int = 0
    done: bool = False

    def due(self) -> bool:
        """Count a step; True for the one."""
        self.steps += 1
        self.done = self.done or self.steps == self.at
        return self.steps == self.at


@contextmanager
def before_statement(engine: AsyncEngine, at: int) -> Iterator[Cut]:
    """The connection ends before the n-th statement."""
    cut = Cut(at)

    def listen(_conn: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> tuple[str, Any]:
        return (KILL, ()) if cut.due() else (statement, parameters)

    event.listen(engine.sync_engine, "before_cursor_execute", listen, retval=True)
    try:
        yield cut
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", listen)


@contextmanager
def after_commit(_engine: AsyncEngine, at: int) -> Iterator[Cut]:
    """The word of the n-th commit is lost."""
    cut = Cut(at)

    def listen(_session: Session) -> None:
        if cut.due():
            raise LostWordError("the answer to a commit was lost")

    event.listen(Session, "after_commit", listen)
    try:
        yield cut
    finally:
        event.remove(Session, "after_commit", listen)


async def cut_everywhere(engine: AsyncEngine, work: Callable[[], Awaitable[object]], stride: int = 1) -> int:
    """Do `work` again and again, cut `stride` steps later each time, first so and then so; says how often it was cut."""
    cuts = 0
    for cutting in (before_statement, after_commit):
        for at in range(1, MOST_STEPS, stride):
            with cutting(engine, at) as cut, suppress(Exception):
                await work()
            if not cut.done:
                break
            cuts += 1
        else:
            raise AssertionError("the work never comes to its end")
    await work()
    return cuts
