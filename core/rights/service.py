"""Takes requests about personal data, answers them in time, and carries out what can be carried out by itself."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.consents.domain import NewConsent, Purpose
from core.consents.service import Consents
from core.db.transaction import PlatformTx, Tx
from core.enrolments.service import Enrolments
from core.guardians.service import Guardians
from core.inbox.service import Inbox
from core.notifications.service import Notifications
from core.rights import repository
from core.rights.domain import (
    EXPORT_LIFE,
    MOST_OPENED,
    MOST_TEXT,
    TERM,
    AnswerMissingError,
    DataRequest,
    ExportGoneError,
    Kind,
    NewRequest,
    RequestAnsweredError,
    RequestNotFoundError,
    Status,
    fresh_number,
)
from core.rights.tables import RequestRow
from core.students.service import Students
from core.values.clock import Clock, school_date
from core.values.ids import ChatAccountId, SchoolId, StudentId, new_id
from core.vault.keyring import Keyring

TEXT_LABEL = "data_request.text"
ANSWER_LABEL = "data_request.answer"
_MOST_LISTED, _LATELY = 200, 50


@dataclass(frozen=True, slots=True)
class DataRights:
    """The requests about personal data (yêu cầu của chủ thể dữ liệu)."""

    keyring: Keyring
    clock: Clock
    audit: Audit
    students: Students
    guardians: Guardians
    consents: Consents
    enrolments: Enrolments
    notifications: Notifications
    inbox: Inbox

    async def open(self, tx: Tx, new: NewRequest) -> DataRequest:
        """Take a request; its number and term are the receipt.

        Raises:
            StudentNotFoundError: when the school has no such pupil.
        """
        await self.students.get(tx, new.student_id)
        now = self.clock.now()
        text = self.keyring.for_school(tx.school_id).seal(new.text[:MOST_TEXT], TEXT_LABEL)
        id_, number = new_id(), fresh_number()
        values = {
            "id": id_,
            "number": number,
            "kind": new.kind.value,
            "student_id": new.student_id,
            "account_id": new.account_id,
            "actor": new.actor,
            "sealed_text": text,
            "status": Status.OPEN.value,
            "opened_at": now,
            "due_on": school_date(now + TERM),
        }
        await repository.add_request(tx, values)
        await self._note(tx, new.actor, "rights.opened", id_, new.kind)
        return await self.get(tx, id_)

    async def get(self, tx: Tx, id_: UUID) -> DataRequest:
        """One request.

        Raises:
            RequestNotFoundError: when the school has no such request.
        """
        row = await repository.lock_request(tx, id_)
        if row is None:
            raise RequestNotFoundError
        return self._request(tx, row)

    async def list_open(self, tx: Tx) -> tuple[DataRequest, ...]:
        """What waits for an answer, overdue first."""
        return tuple(self._request(tx, row) for row in await repository.list_open(tx, _MOST_LISTED))

    async def list_answered(self, tx: Tx) -> tuple[DataRequest, ...]:
        """What was answered lately, the last first."""
        rows = await repository.list_answered(tx, _LATELY)
        return tuple(self._request(tx, row) for row in rows)

    async def list_about(self, tx: Tx, student_id: StudentId) -> tuple[DataRequest, ...]:
        """The requests about a pupil."""
        rows = await repository.list_about(tx, student_id, _MOST_LISTED)
        return tuple(self._request(tx, row) for row in rows)

    async def answer(self, tx: Tx, id_: UUID, status: Status, answer: str, actor: str) -> DataRequest:
        """End a request: done or refused, with words; deleting is carried out here and now.

        Raises:
            RequestNotFoundError, RequestAnsweredError, AnswerMissingError: why not.
        """
        found = await self.get(tx, id_)
        if found.status is not Status.OPEN:
            raise RequestAnsweredError
        if status is Status.REFUSED and not answer.strip():
            raise AnswerMissingError
        sealed = self.keyring.for_school(tx.school_id).seal(answer.strip()[:MOST_TEXT], ANSWER_LABEL)
        await repository.change_request(
            tx,
            id_,
            status=status.value,
            answered_at=self.clock.now(),
            answered_by=actor,
            sealed_answer=sealed,
        )
        if found.kind is Kind.DELETE and status is Status.DONE:
            await self._erase(tx, found, actor)
        await self._note(tx, actor, f"rights.{status.value}", id_, found.kind)
        return await self.get(tx, id_)

    async def take_back(self, tx: Tx, student_id: StudentId, account_id: ChatAccountId) -> DataRequest:
        """Take back, at once, everything that the guardian behind a chat agreed to for a pupil; the receipt."""
        actor = f"chat:{account_id}"
        opened = await self.open(tx, NewRequest(Kind.WITHDRAW, student_id, actor, account_id))
        for guardian_id in await self.guardians.guardians_behind(tx, account_id, student_id):
            for purpose in Purpose:
                await self.consents.record(
                    tx, NewConsent(student_id, purpose, given=False, actor=actor, guardian_id=guardian_id)
                )
        return await self.answer(tx, opened.id, Status.DONE, "", actor)

    async def share(
        self, tx: Tx, student_id: StudentId, account_id: ChatAccountId
    ) -> tuple[DataRequest, str]:
        """Answer "show me the data" at once: the receipt, and the token of a link for a day."""
        actor = f"chat:{account_id}"
        opened = await self.open(tx, NewRequest(Kind.VIEW, student_id, actor, account_id))
        now, token = self.clock.now(), secrets.token_urlsafe(32)
        values = {
            "id": new_id(),
            "token_hash": hashlib.sha256(token.encode()).digest(),
            "student_id": student_id,
            "account_id": account_id,
            "created_at": now,
            "expires_at": now + EXPORT_LIFE,
        }
        await repository.add_export(tx, values)
        return await self.answer(tx, opened.id, Status.DONE, "", actor), token

    async def opened(self, tx: PlatformTx, token: str) -> tuple[SchoolId, StudentId, ChatAccountId]:
        """Whose data a link shows, and to which chat; counts the opening.

        Raises:
            ExportGoneError: when it is unknown, too old, or was opened too often.
        """
        hashed = hashlib.sha256(token.encode()).digest()
        row = await repository.open_export(tx, hashed, self.clock.now(), MOST_OPENED)
        if row is None:
            raise ExportGoneError
        return SchoolId(row.school_id), StudentId(row.student_id), ChatAccountId(row.account_id)

    async def _erase(self, tx: Tx, found: DataRequest, actor: str) -> None:
        """What a school may delete: the chat with all that hangs on it, what came from it and went to it, and the face.

        The roll, fees and the trail stay, because the law asks for them; the answer says so.
        """
        await self.enrolments.revoke(tx, found.student_id, actor)
        if found.account_id is not None:
            await repository.drop_exports(tx, found.account_id)
            conversations = self.guardians.conversations
            for to in (await conversations.addresses(tx, (found.account_id,))).values():
                await self.notifications.forget_chat(tx, to)
                await self.inbox.forget_chat(tx, to.channel, to.address)
            await repository.erase_chat(tx, found.account_id)

    async def _note(self, tx: Tx, actor: str, action: str, id_: UUID, kind: Kind) -> None:
        await self.audit.record(tx, AuditEntry(actor, action, f"data_request:{id_}", {"kind": kind.value}))

    def _request(self, tx: Tx, row: RequestRow) -> DataRequest:
        keys = self.keyring.for_school(tx.school_id)
        return DataRequest(
            id=row.id,
            number=row.number,
            kind=Kind(row.kind),
            student_id=StudentId(row.student_id),
            account_id=ChatAccountId(row.account_id) if row.account_id else None,
            text=keys.show(row.sealed_text, TEXT_LABEL),
            status=Status(row.status),
            opened_at=row.opened_at,
            due_on=row.due_on,
            answered_at=row.answered_at,
            answer=keys.show(row.sealed_answer, ANSWER_LABEL),
        )
