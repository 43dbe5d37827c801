"""Keeps the index of a running bot up with its school: woken by NOTIFY, and looking by itself now and then.

One loop does three things in turn: swap in what was published, answer what staff try, group what was not answered.
A database that is away or a passage that cannot be indexed leaves everything as it was until the next look.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import structlog

from bot.answers.grouping import Grouping
from bot.answers.source import SchoolSource
from bot.answers.tries import Tries
from core.answers.domain import NOTIFY_CHANNEL
from core.answers.service import Answers
from core.app import Core
from core.db.notify import Listener
from core.db.transaction import DATABASE_FAULTS, Database
from core.values.ids import SchoolId
from core.vault.keyring import SealedDataError
from rag.answerer import Answerer
from rag.errors import RagError
from rag.living import LivingAnswerer

log = structlog.get_logger(__name__)
LOOK_SECONDS = 30.0
_FAULTS: tuple[type[Exception], ...] = (*DATABASE_FAULTS, RagError, SealedDataError, ValueError, LookupError)
"""What a database that is away or a passage that cannot be read raises; the bot goes on answering as before."""


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
            while True:
                await self._guarded()
                heard = await listener.get(self.look)
                while heard is not None and heard[1] not in {"", school}:
                    heard = await listener.get(self.look)

    async def once(self) -> None:
        """One look.

        Raises:
            RagError: when a passage cannot be indexed; what was told before is still told.
        """
        number = await self.source.number()
        await self.living.refresh()
        async with self.database.transaction(self.source.school_id) as tx:
            if (await self.answers.passages.state(tx)).loaded_version != number:
                await self.answers.passages.loaded(tx, number)
        await self.tries.answer_waiting()
        await self.grouping.when_due()

    async def _guarded(self) -> None:
        try:
            await self.once()
        except _FAULTS as error:
            log.warning("librarian_stumbled", reason=type(error).__name__)


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
