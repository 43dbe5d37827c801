"""The school's own passages: written, tried, published, withdrawn; every step in the audit trail.

What a passage says is sealed text. It is told to parents word for word and never read as an instruction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid5

import orjson

from core.answers import repository as state
from core.answers.domain import NOTIFY_CHANNEL, AnswersState
from core.answers.passages import repository
from core.answers.passages.domain import (
    Kind,
    NewPassage,
    PassageId,
    PassageNotFoundError,
    PassageStatus,
    Row,
    SchoolPassage,
)
from core.answers.tables import SchoolPassageRow
from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.notify import notify
from core.db.transaction import Tx
from core.values.clock import Clock, school_date
from core.values.ids import new_id
from core.vault.keyring import Keyring, SealedDataError
from core.vault.unreadable import UNREADABLE, is_readable

_LABEL = "answers.passage"
_LOST: dict[str, Any] = {
    "title": UNREADABLE,
    "answer": UNREADABLE,
    "questions": [UNREADABLE],
    "from": None,
    "to": None,
    "rows": [],
    "author": UNREADABLE,
}
_LIVING = (PassageStatus.DRAFT, PassageStatus.PUBLISHED)


@dataclass(frozen=True, slots=True)
class SchoolPassages:
    """The passages of every school (nội dung của trường)."""

    keyring: Keyring
    clock: Clock
    audit: Audit

    async def save(
        self,
        tx: Tx,
        content: NewPassage,
        *,
        author: str,
        actor: str,
        passage_id: PassageId | None = None,
        first_id: PassageId | None = None,
    ) -> PassageId:
        """Keep a passage as a draft; a published one stays published and is told anew at once.

        `passage_id` names one that is kept, `first_id` is what a new one shall be called, if that matters.
        A structured form (hours, contacts, fees) exists once a school: saving it again overwrites it.

        Raises:
            PassageNotFoundError: when `passage_id` names none.
        """
        before = await self.get(tx, passage_id) if passage_id else None
        if content.kind is not Kind.FREE:
            passage_id = form_id(tx, content.kind)
            before = await self.find(tx, passage_id)
        passage_id = passage_id or first_id or PassageId(new_id())
        published = before is not None and before.status is PassageStatus.PUBLISHED
        status = PassageStatus.PUBLISHED if published else PassageStatus.DRAFT
        now = self.clock.now()
        values = {
            "id": passage_id,
            "kind": content.kind.value,
            "status": status.value,
            "sealed_content": self.keyring.for_school(tx.school_id).seal(_dump(content, author), _LABEL),
            "created_at": before.created_at if before else now,
            "updated_at": now,
        }
        await repository.upsert_passage(tx, values)
        await self._told(tx, changed=published)
        await self._audit(tx, actor, "changed" if before else "written", passage_id, content)
        return passage_id

    async def publish(self, tx: Tx, passage_id: PassageId, actor: str) -> None:
        """Tell parents from now on (or from its first day).

        Raises:
            PassageNotFoundError: when there is none.
        """
        await self._move(tx, passage_id, PassageStatus.PUBLISHED, actor)

    async def withdraw(self, tx: Tx, passage_id: PassageId, actor: str) -> None:
        """Tell parents no more; the text stays in the trail.

        Raises:
            PassageNotFoundError: when there is none.
        """
        await self._move(tx, passage_id, PassageStatus.WITHDRAWN, actor)

    async def find(self, tx: Tx, passage_id: PassageId) -> SchoolPassage | None:
        """A passage, if there is one.

        Raises:
            SealedDataError: when it cannot be read.
        """
        row = await repository.find_passage(tx, passage_id)
        found = self._passage(tx, row) if row else None
        if found is not None and not is_readable(found.content.title):
            raise SealedDataError("a passage cannot be read")
        return found

    async def find_form(self, tx: Tx, kind: Kind) -> SchoolPassage | None:
        """The school's form of this kind, if it was ever filled in."""
        return await self.find(tx, form_id(tx, kind))

    async def get(self, tx: Tx, passage_id: PassageId) -> SchoolPassage:
        """A passage.

        Raises:
            PassageNotFoundError: when there is none.
        """
        found = await self.find(tx, passage_id)
        if found is None:
            raise PassageNotFoundError
        return found

    async def list_passages(self, tx: Tx, *, withdrawn: bool = False) -> tuple[SchoolPassage, ...]:
        """Drafts and published ones, or those that were withdrawn; last changed first."""
        statuses = (PassageStatus.WITHDRAWN,) if withdrawn else _LIVING
        rows = await repository.list_passages(tx, [one.value for one in statuses])
        return tuple(self._passage(tx, row) for row in rows)

    async def list_told(self, tx: Tx) -> tuple[SchoolPassage, ...]:
        """What parents are told today."""
        today = school_date(self.clock.now())
        rows = await repository.list_passages(tx, [PassageStatus.PUBLISHED.value])
        found = (self._passage(tx, row) for row in rows)
        return tuple(one for one in found if one.holds_on(today) and is_readable(one.content.title))

    async def state(self, tx: Tx) -> AnswersState:
        """Which version there is, and which the bot has loaded."""
        row = await state.find_state(tx)
        if row is None:
            return AnswersState()
        return AnswersState(
            row.version, row.loaded_version, row.loaded_at, row.clusters_wanted_at, row.clustered_at
        )

    async def loaded(self, tx: Tx, version: int) -> None:
        """Note that a bot answers from this version."""
        await state.change_state(tx, loaded_version=version, loaded_at=self.clock.now())

    async def _move(self, tx: Tx, passage_id: PassageId, to: PassageStatus, actor: str) -> None:
        passage = await self.get(tx, passage_id)
        if passage.status is to:
            return
        was_told = passage.status is PassageStatus.PUBLISHED
        await repository.set_passage_status(tx, passage_id, to.value, self.clock.now())
        await self._told(tx, changed=was_told or to is PassageStatus.PUBLISHED)
        await self._audit(tx, actor, to.value, passage_id, passage.content)

    async def _told(self, tx: Tx, *, changed: bool) -> None:
        if changed:
            await state.next_version(tx)
            await notify(tx, NOTIFY_CHANNEL, str(tx.school_id))

    async def _audit(self, tx: Tx, actor: str, what: str, passage_id: PassageId, content: NewPassage) -> None:
        entry = AuditEntry(
            actor,
            f"answers.passage_{what}",
            f"passage:{passage_id}",
            {"kind": content.kind.value},
            {"content": _dump(content, "")},
        )
        await self.audit.record(tx, entry)

    def _passage(self, tx: Tx, row: SchoolPassageRow) -> SchoolPassage:
        """A passage, its words replaced by a sign where they cannot be read."""
        opened = self.keyring.for_school(tx.school_id).read(row.sealed_content, _LABEL)
        raw = _LOST if opened is None else orjson.loads(opened)
        return SchoolPassage(
            id=PassageId(row.id),
            content=_load(raw, Kind(row.kind)),
            status=PassageStatus(row.status),
            author=raw["author"],
            created_at=row.created_at,
            updated_at=row.updated_at,
            revision=row.revision,
        )


def form_id(tx: Tx, kind: Kind) -> PassageId:
    """The one id of a school's form."""
    return PassageId(uuid5(tx.school_id, f"answers.{kind.value}"))


def _dump(content: NewPassage, author: str) -> str:
    raw: dict[str, Any] = {
        "title": content.title.strip(),
        "answer": content.answer.strip(),
        "questions": [one.strip() for one in content.questions],
        "from": content.effective_from,
        "to": content.effective_to,
        "rows": [list(one.cells) for one in content.rows],
        "author": author,
    }
    return orjson.dumps(raw).decode()


def _load(raw: dict[str, Any], kind: Kind) -> NewPassage:
    return NewPassage(
        title=raw["title"],
        answer=raw["answer"],
        questions=tuple(raw["questions"]),
        effective_from=_day(raw["from"]),
        effective_to=_day(raw["to"]),
        kind=kind,
        rows=tuple(Row(tuple(cells)) for cells in raw["rows"]),
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
