"""Deletes what `retention` says has served its time, in batches, so that nobody waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from core.db.transaction import Database
from core.rights import repository
from core.rights.retention import RULES, Rule
from core.values.clock import Clock

_BATCH = 5000


@dataclass(frozen=True, slots=True)
class Forgetting:
    """The deletion by age (xóa khi hết hạn)."""

    database: Database
    clock: Clock
    rules: tuple[Rule, ...] = RULES
    batch: int = _BATCH

    async def once(self) -> dict[str, int]:
        """Delete everything whose time has passed; says how many rows of which table."""
        gone: dict[str, int] = {}
        for rule in self.rules:
            before, where = self.clock.now() - rule.keep, (rule.table, rule.column, rule.only)
            count = self.batch
            while count == self.batch:
                async with self.database.platform() as tx:
                    count = await repository.forget_older(tx, where, before, self.batch)
                gone[rule.table] = gone.get(rule.table, 0) + count
        return {table: count for table, count in gone.items() if count}
