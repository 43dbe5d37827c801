"""Makes the engine from a URL. Any PostgreSQL 16 or later will do."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from core.settings import SettingsError

_NO_ADDRESS = "DATABASE_URL is no address of a PostgreSQL server: postgresql://user:password@host:5432/name."


_PATIENCE = {"lock_timeout": "30s", "idle_in_transaction_session_timeout": "120s"}
"""A process that froze in a transaction must not hold a school's audit trail, and with it every gate, for ever."""


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()


def async_url(database_url: str) -> str:
    """The URL with the driver that we use, whatever PostgreSQL spelling it came in.

    Raises:
        SettingsError: when it is no address of a PostgreSQL server.

    >>> async_url("postgresql://u:p@db/school")
    'postgresql+asyncpg://u:p@db/school'
    """
    try:
        url = make_url(database_url)
    except (ValueError, ArgumentError):
        raise SettingsError(_NO_ADDRESS) from None  # what was typed may hold the password
    if url.drivername.partition("+")[0] not in {"postgresql", "postgres"}:
        raise SettingsError(_NO_ADDRESS)
    return url.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


def make_engine(
    database_url: str, *, pool_size: int = 10, application_name: str = "congtruong"
) -> AsyncEngine:
    """An engine with a bounded pool; `application_name` shows in pg_stat_activity."""
    return create_async_engine(
        async_url(database_url),
        pool_size=pool_size,
        max_overflow=pool_size,
        pool_timeout=10,
        pool_pre_ping=False,
        # The connection used last is used next: the server's caches and prepared plans on it are warm.
        pool_use_lifo=True,
        pool_recycle=1800,
        json_serializer=_dumps,
        json_deserializer=orjson.loads,
        hide_parameters=True,
        connect_args={
            "server_settings": {"application_name": application_name, "timezone": "UTC"} | _PATIENCE
        },
    )
