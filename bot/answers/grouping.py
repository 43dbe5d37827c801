"""Groups the questions that were not answered well, every night and when staff ask for it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog

from core.answers.asked.domain import Cluster
from core.answers.domain import AnswersState
from core.answers.service import Answers
from core.db.transaction import Database
from core.values.clock import SCHOOL_TIME, Clock
from core.values.ids import SchoolId
from rag.clusters import group
from rag.living import LivingAnswerer

log = structlog.get_logger(__name__)
NIGHT = time(2, 0)


@dataclass(frozen=True, slots=True)
class Grouping:
    """Puts questions that mean the same together (gom nhóm câu hỏi)."""

    database: Database
    school_id: SchoolId
    answers: Answers
    living: LivingAnswerer
    clock: Clock

    async def when_due(self) -> bool:
        """Group when it is time; says whether it was. Two processes that do it at once write the same."""
        async with self.database.transaction(self.school_id) as tx:
            state = await self.answers.passages.state(tx)
        if not is_due(state, self.clock.now()):
            return False
        async with self.database.transaction(self.school_id) as tx:
            asked = await self.answers.asked.list_open(tx)
        groups = await asyncio.to_thread(group, [one.text for one in asked], self.living.base.searcher)
        clusters = [Cluster(asked[one[0]].id, tuple(asked[place].id for place in one)) for one in groups]
        async with self.database.transaction(self.school_id) as tx:
            await self.answers.asked.replace_clusters(tx, clusters)
        async with self.database.platform() as everywhere:
            forgotten = await self.answers.asked.forget(everywhere)
        log.info("questions_grouped", questions=len(asked), groups=len(clusters), forgotten=forgotten)
        return True


def is_due(state: AnswersState, now: datetime) -> bool:
    """Whether the questions were not grouped since the last night, or since staff asked for it.

    >>> is_due(AnswersState(), datetime(2026, 11, 21, tzinfo=SCHOOL_TIME))
    True
    """
    done = state.clustered_at
    if done is None:
        return True
    wanted = state.clusters_wanted_at is not None and state.clusters_wanted_at > done
    return wanted or done < last_night(now)


def last_night(now: datetime) -> datetime:
    """The newest 02:00 in Việt Nam that is past.

    >>> last_night(datetime(2026, 11, 21, 1, 59, tzinfo=SCHOOL_TIME)).day
    20
    """
    local = now.astimezone(SCHOOL_TIME)
    tonight = datetime.combine(local.date(), NIGHT, SCHOOL_TIME)
    return tonight if tonight <= local else tonight - timedelta(days=1)
