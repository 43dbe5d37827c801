"""Whether a failure means that the database cannot just now do what was asked, and may when it is asked again."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

_CLASSES = ("08", "53")
"""Connection exceptions, and insufficient resources: a full disk, too many connections (PostgreSQL, appendix A)."""
_STATES = frozenset({
    "25P03",  # a transaction was left open for too long
    "40001", "40P01",  # another one was in the way, or both in each other's
    "55P03",  # what it needs is held by another for too long
    "57014", "57P01", "57P02", "57P03", "57P05",  # cancelled, shutting down, crashed, starting up, idle
})  # fmt: skip


def is_passing(error: BaseException) -> bool:
    """Whether the same thing may succeed later.

    What the driver raises while it connects comes as it is, all else inside of SQLAlchemy's errors.
    """
    if isinstance(error, (ConnectionRefusedError, PoolTimeoutError)):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    state = str(getattr(getattr(error, "orig", error), "sqlstate", None) or "")
    return state in _STATES or state[:2] in _CLASSES
