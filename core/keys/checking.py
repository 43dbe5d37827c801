"""Opens every sealed value of a school once and counts those that do not open: `./congtruong core check-sealed`.

It changes nothing and tells no value: table, column and how many.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from core.db.transaction import Database
from core.keys import repository
from core.keys.domain import LEDGERS, SEALED
from core.keys.service import DataKeys
from core.values.ids import SchoolId
from core.vault.keyring import SealedDataError

BATCH = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """How many sealed values there are, and by column how many cannot be opened (kết quả soát dữ liệu mã hóa)."""

    values: int = 0
    unreadable: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Checking:
    """Looks at sealed values (soát dữ liệu mã hóa)."""

    database: Database
    keys: DataKeys

    async def check(self, school_id: SchoolId) -> Checked:
        """Go over every sealed column of a school, in short transactions."""
        values, lost = 0, dict[str, int]()
        for column in (*SEALED, *LEDGERS):
            after = None
            while True:
                async with self.database.transaction(school_id) as tx:
                    found = await repository.page(tx, (column.table, column.column), after, BATCH)
                    own = self.keys.keyring.for_school(school_id)
                for _, sealed in found:
                    values += 1
                    try:
                        own.open(sealed, column.label)
                    except SealedDataError:
                        name = f"{column.table}.{column.column}"
                        lost[name] = lost.get(name, 0) + 1
                if len(found) < BATCH:
                    break
                after = found[-1][0]
        return Checked(values, lost)
