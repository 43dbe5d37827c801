"""Leases on the rows of a queue: renewed while somebody works, taken back from whoever died.

They are counted on the database's clock alone, so a worker whose own clock is wrong takes nothing away from
another. How rows are claimed and settled is each queue's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import TextClause, text

from core.db.transaction import PlatformTx

_RENEW = """
UPDATE {table} SET leased_until = clock_timestamp() + :lease
WHERE status = '{held}' AND lease_token = ANY(CAST(:tokens AS uuid[]))
"""

_RECLAIM = """
WITH lost AS (
  SELECT school_id, id FROM {table}
  WHERE status = '{held}' AND leased_until < clock_timestamp() {only} FOR UPDATE SKIP LOCKED)
UPDATE {table} q
SET status = CASE WHEN q.attempts >= :tries THEN 'parked' ELSE 'queued' END, failure = 'lease_expired',
    finished_at = CASE WHEN q.attempts >= :tries THEN CAST(:now AS timestamptz) END,
    lease_token = NULL, leased_until = NULL
FROM lost WHERE q.school_id = lost.school_id AND q.id = lost.id
RETURNING q.id
"""


@dataclass(frozen=True, slots=True)
class Leases:
    """The leases of one table, whose rows have the status `held` while somebody works on them.

    `only` narrows which rows a worker takes back, as SQL with parameters that `reclaim` is given.
    """

    table: str
    held: str
    only: str = ""

    async def renew(self, tx: PlatformTx, tokens: Sequence[UUID], lease: timedelta) -> None:
        """Prolong the leases of everything claimed under these tokens."""
        await tx.session.execute(self._statement(_RENEW), {"tokens": list(tokens), "lease": lease})

    async def reclaim(self, tx: PlatformTx, tries: int, now: datetime, **only: object) -> int:
        """Take back what a dead worker left: to the queue, or parked after the last try; says how many rows."""
        given = {"tries": tries, "now": now, **only}
        return len((await tx.session.execute(self._statement(_RECLAIM), given)).all())

    def _statement(self, sql: str) -> TextClause:
        filled = {
            "{table}": self.table,
            "{held}": self.held,
            "{only}": f"AND {self.only}" if self.only else "",
        }
        for name, value in filled.items():
            sql = sql.replace(name, value)
        return text(sql)
