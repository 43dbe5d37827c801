"""Adds schools and reads them."""

from __future__ import annotations

from dataclasses import dataclass

from core.db.transaction import PlatformTx, Tx
from core.schools import repository
from core.schools.domain import DayTimes, School, SchoolNotFoundError, check_name
from core.values.clock import Clock


@dataclass(frozen=True, slots=True)
class Schools:
    """The register of schools."""

    clock: Clock

    async def add(self, tx: Tx, name: str, day: DayTimes | None = None) -> School:
        """Register the school of this transaction; doing it again changes nothing.

        Raises:
            SchoolSettingsError: when the name is empty or too long.
        """
        await repository.add(tx, check_name(name), day or DayTimes(), self.clock.now())
        return await self.get(tx)

    async def find(self, tx: Tx) -> School | None:
        """The school of this transaction, or None when it was never registered."""
        return await repository.find(tx)

    async def get(self, tx: Tx) -> School:
        """The school of this transaction.

        Raises:
            SchoolNotFoundError: when it was never registered.
        """
        school = await repository.find(tx)
        if school is None:
            raise SchoolNotFoundError
        return school

    async def set_day(self, tx: Tx, day: DayTimes) -> School:
        """Change the times of the day.

        Raises:
            SchoolNotFoundError: when the school was never registered.
        """
        await repository.set_day(tx, day)
        return await self.get(tx)

    async def list_schools(self, tx: PlatformTx) -> tuple[School, ...]:
        """Every school of this installation, by name."""
        return await repository.list_schools(tx)
