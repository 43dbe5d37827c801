"""Keeps the index of a running bot up with its school: woken by NOTIFY, and looking by itself now and then.

One loop does three things in turn: swap in what was published, answer what staff try, group what was not answered.
A database that is away or a passage that cannot be indexed leaves everything as it was until the next look.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from bot.answers.grouping import Grouping
from bot.answers.source import SchoolSource
from bot.answers.tries import Tries
from core.answers.domain import NOTIFY_CHANNEL
from core.answers.service import Answers
from core.app import Core
from core.db.notify import Listener
from core.db.transaction import Database
from core.values.ids import SchoolId
from core.work.rounds import each, rounds
from rag.answerer import Answerer
from rag.living import LivingAnswerer

LOOK_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Librarian:
    """The worker beside the answerer (thủ thư)."""

    database: Database
    database_url: str = field(repr=False)
    answers: Answers
    source: SchoolSource
    living: LivingAnswerer
    tries: Tries
    grouping: Grouping
    look: float = LOOK_SECONDS

    async def run(self) -> None:
        """Until cancelled."""
        school = str(self.source.school_id)
        async with Listener(self.database_url, NOTIFY_CHANNEL).listening() as listener:
            await rounds("librarian", self.once, lambda: self._news(listener, school))

    async def once(self) -> None:
        """One look. What fails leaves things as they were, and keeps nothing else from being done."""
        await each("librarian", (self.follow, self.tries.answer_waiting, self.grouping.when_due), _done)

    async def follow(self) -> bool:
        """Tell what the school has published; says whether something was new.

        Raises:
            RagError: when a passage cannot be indexed; what was told before is still told.
        """
        number = await self.source.number()
        await self.living.refresh()
        async with self.database.transaction(self.source.school_id) as tx:
            if (await self.answers.passages.state(tx)).loaded_version == number:
                return False
            await self.answers.passages.loaded(tx, number)
            return True

    async def _news(self, listener: Listener, school: str) -> None:
        """Until something of this school has changed, or it is time to look anyway."""
        heard = await listener.get(self.look)
        while heard is not None and heard[1] not in {"", school}:
            heard = await listener.get(self.look)


async def _done(step: Callable[[], Awaitable[int]]) -> int:
    return await step()


def make_librarian(core: Core, school_id: SchoolId, base: Answerer, province: str | None) -> Librarian:
    """The worker of one school, with the living answerer that it keeps fresh."""
    answers = core.answers
    source = SchoolSource(core.database, school_id, answers.passages)
    living = LivingAnswerer(base, (source,))
    return Librarian(
        core.database,
        core.database_url,
        answers,
        source,
        living,
        Tries(core.database, school_id, answers, living, province),
        Grouping(core.database, school_id, answers, living, core.clock),
    )
