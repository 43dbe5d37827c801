"""The one question that readiness asks of the database."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from core.db.transaction import Database
from core.errors import UnavailableError


async def schema_revision(database: Database) -> str | None:
    """The migration that the database stands at, or None when it was never migrated.

    Raises:
        UnavailableError: when the database does not answer.
    """
    try:
        async with database.bare() as tx:
            known = (await tx.session.execute(text("SELECT to_regclass('alembic_version')"))).scalar()
            query = text("SELECT version_num FROM alembic_version")
            return (await tx.session.execute(query)).scalar() if known else None
    except (SQLAlchemyError, OSError) as error:
        raise UnavailableError(cause=type(error).__name__) from error
