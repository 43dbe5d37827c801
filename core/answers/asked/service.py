"""Questions that were asked, what people thought of the answers, and groups of those not answered well.

The text is masked by whoever keeps it, and sealed. Grouping by meaning is done where the embedder is (the bot); this
keeps its result.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from core.answers import repository as state
from core.answers.asked import repository
from core.answers.asked.domain import (
    Asked,
    AskedCounts,
    AskedId,
    AskedNotFoundError,
    Cluster,
    ClusterNotFoundError,
    NewAsked,
    Rating,
    ShownCluster,
)
from core.answers.domain import NOTIFY_CHANNEL
from core.answers.tables import AskedRow, ClusterRow
from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.notify import notify
from core.db.transaction import PlatformTx, Tx
from core.values.clock import Clock
from core.vault.keyring import Keyring

KEEP_GOOD = timedelta(days=40)
"""Answered questions nobody complained of: until the month in which they were asked can be reported whole."""
KEEP = timedelta(days=180)
"""Everything else: long enough to see what a school year asks."""
MOST_GROUPED = 2_000
_LABEL = "answers.asked"
_EXAMPLES = 5
_SHOWN = 100


@dataclass(frozen=True, slots=True)
class AskedQuestions:
    """What parents asked the knowledge base (câu đã hỏi)."""

    keyring: Keyring
    clock: Clock
    audit: Audit

    async def keep(self, tx: Tx, new: NewAsked) -> None:
        """Keep a question; the same id again changes nothing."""
        sealed = self.keyring.for_school(tx.school_id).seal(new.text, _LABEL)
        values = {
            "id": new.id,
            "sealed_text": sealed,
            "behaviour": new.behaviour,
            "confidence": new.confidence,
            "passages": {"ids": list(new.passage_ids)},
            "asked_at": self.clock.now(),
        }
        await repository.insert_asked(tx, values)

    async def rate(self, tx: Tx, asked_id: AskedId, rating: Rating) -> None:
        """Note what somebody thought of the answer; the last word counts.

        Raises:
            AskedNotFoundError: when the question is not kept.
        """
        if not await repository.rate(tx, asked_id, rating.value):
            raise AskedNotFoundError

    async def list_open(self, tx: Tx) -> tuple[Asked, ...]:
        """Questions not answered well that nobody dealt with, newest first."""
        rows = await repository.list_open(tx, self.clock.now() - KEEP, MOST_GROUPED)
        return tuple(self._asked(tx, row) for row in rows)

    async def replace_clusters(self, tx: Tx, clusters: Sequence[Cluster]) -> None:
        """Keep the result of a grouping, whole."""
        rows = [
            {"id": one.id, "size": one.size, "members": {"ids": [str(member) for member in one.members]}}
            for one in clusters
        ]
        await repository.replace_clusters(tx, rows)
        await state.change_state(tx, clustered_at=self.clock.now())

    async def want_clusters(self, tx: Tx) -> None:
        """Ask for a grouping now."""
        await state.change_state(tx, clusters_wanted_at=self.clock.now())
        await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))

    async def list_clusters(self, tx: Tx) -> tuple[ShownCluster, ...]:
        """The groups, largest first, with their newest questions."""
        rows = await repository.list_clusters(tx, _SHOWN)
        asked = {one.id: one for one in await self._asked_by(tx, [id_ for row in rows for id_ in _ids(row)])}
        groups = ((row, [asked[id_] for id_ in _ids(row) if id_ in asked]) for row in rows)
        return tuple(_shown(row, members) for row, members in groups if members)

    async def get_cluster(self, tx: Tx, cluster_id: AskedId) -> ShownCluster:
        """One group with all its questions.

        Raises:
            ClusterNotFoundError: when it is gone.
        """
        row = await repository.find_cluster(tx, cluster_id)
        if row is None:
            raise ClusterNotFoundError
        members = await self._asked_by(tx, _ids(row))
        if not members:
            raise ClusterNotFoundError
        return _shown(row, members, most=MOST_GROUPED)

    async def settle(self, tx: Tx, cluster_id: AskedId, actor: str, why: str) -> int:
        """Staff dealt with a group: its questions are not shown again. `why` is "answered" or "dismissed".

        Raises:
            ClusterNotFoundError: when it is gone.
        """
        row = await repository.take_cluster(tx, cluster_id)
        if row is None:
            raise ClusterNotFoundError
        count = await repository.settle(tx, _ids(row), self.clock.now())
        details: dict[str, str | int] = {"questions": count, "why": why}
        await self.audit.record(
            tx, AuditEntry(actor, "answers.cluster_settled", f"cluster:{cluster_id}", details)
        )
        return count

    async def counts(self, tx: Tx, since: datetime, until: datetime | None = None) -> AskedCounts:
        """How it went since then, and before `until`."""
        rows = await repository.count_asked(tx, since, until)
        return AskedCounts(
            answered=sum(n for behaviour, _, n in rows if behaviour != "abstain"),
            unanswered=sum(n for behaviour, _, n in rows if behaviour == "abstain"),
            liked=sum(n for _, rating, n in rows if rating == Rating.UP),
            disliked=sum(n for _, rating, n in rows if rating in {Rating.DOWN, Rating.WRONG}),
        )

    async def forget(self, tx: PlatformTx) -> int:
        """Forget questions that have served their time, of every school; says how many."""
        now = self.clock.now()
        return await repository.forget_asked(tx, now - KEEP_GOOD, now - KEEP)

    async def _asked_by(self, tx: Tx, ids: Sequence[AskedId]) -> list[Asked]:
        rows = await repository.list_asked(tx, ids) if ids else []
        return [self._asked(tx, row) for row in rows]

    def _asked(self, tx: Tx, row: AskedRow) -> Asked:
        text = self.keyring.for_school(tx.school_id).show(row.sealed_text, _LABEL)
        rating = Rating(row.rating) if row.rating else None
        return Asked(AskedId(row.id), text, row.behaviour, rating, row.asked_at)


def _ids(row: ClusterRow) -> list[AskedId]:
    return [AskedId(UUID(one)) for one in row.members["ids"]]


def _shown(row: ClusterRow, members: Sequence[Asked], most: int = _EXAMPLES) -> ShownCluster:
    newest = sorted(members, key=lambda one: one.asked_at, reverse=True)
    texts = tuple(dict.fromkeys(one.text for one in newest))
    middle = tuple(one.text for one in newest if one.id == row.id)
    # One with its marks reads best; without any, the middle of the group speaks for it.
    examples = tuple(sorted(dict.fromkeys((*middle, *texts)), key=str.isascii))[:most]
    return ShownCluster(
        id=AskedId(row.id),
        size=row.size,
        newest_at=newest[0].asked_at,
        unanswered=sum(one.behaviour == "abstain" for one in newest),
        disliked=sum(one.rating in {Rating.DOWN, Rating.WRONG} for one in newest),
        examples=examples,
    )
