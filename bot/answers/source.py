"""The school's published passages as a source of the index (`rag.ports.PassageSource`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.answers.phrasing import passages_of
from core.answers.passages.service import SchoolPassages
from core.db.transaction import Database
from core.values.clock import school_date
from core.values.ids import SchoolId
from rag.values import Passage


@dataclass(frozen=True, slots=True)
class SchoolSource:
    """What one school tells today (nguồn của trường)."""

    database: Database
    school_id: SchoolId
    passages_of_schools: SchoolPassages

    async def version(self) -> str:
        """It changes with every publication, and at midnight: some passages end with a day."""
        return f"{await self.number()}:{school_date(self.passages_of_schools.clock.now())}"

    async def number(self) -> int:
        """How often what is told has changed."""
        async with self.database.transaction(self.school_id) as tx:
            return (await self.passages_of_schools.state(tx)).version

    async def passages(self) -> Iterable[Passage]:
        """What parents are told today."""
        async with self.database.transaction(self.school_id) as tx:
            told = await self.passages_of_schools.list_told(tx)
        return [passage for one in told for passage in passages_of(one)]
