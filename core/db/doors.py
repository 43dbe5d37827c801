"""Says why a program could not get at what it needs: a database that is away, a file that is not there.

For the entry points, whose reader is somebody at a terminal or in a journal. What is no closed door is a fault of
ours, and keeps its stack trace.
"""

from __future__ import annotations

_DOORS = {
    "InvalidCatalogNameError": "is not there (createdb makes one)",
    "InvalidPasswordError": "takes another password",
    "InvalidAuthorizationSpecificationError": "knows no such user",
}
_UNMIGRATED = frozenset({"UndefinedTableError", "UndefinedColumnError", "UndefinedFunctionError"})


def closed_door(error: Exception) -> str | None:
    """What kept us out, in a sentence that names no secret; None for what is no closed door."""
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.strerror}: {error.filename}"
    inner: BaseException = error
    while inner.__cause__ is not None:
        inner = inner.__cause__
    named = "the database that DATABASE_URL names"
    if type(inner).__name__ in _UNMIGRATED:
        return f"{named} lacks tables of this version: run ./congtruong core migrate."
    why = "does not answer" if isinstance(inner, OSError) else _DOORS.get(type(inner).__name__)
    return why and f"{named} {why}. Look at its host, port, name, user and password."
