"""A hand-over from its first alert to its end: who answers, and what was said.

Everything is written in the transaction of the caller: the line, the message to the guardian, the alerts to
staff, and the audit entry happen once or not at all. Texts are keys; the bot puts them into words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.conversations.desk import repository
from core.conversations.desk.alerts import Alerts
from core.conversations.desk.domain import (
    SAID_MAX,
    URGENT,
    Answering,
    AnswerTooLongError,
    DeskHours,
    EmptyAnswerError,
    HandoverLine,
    SaidBy,
)
from core.conversations.desk.ports import Hearing
from core.conversations.desk.staff_chats import StaffChats
from core.conversations.desk.transcript import Transcript
from core.conversations.domain import (
    FlowState,
    Handover,
    HandoverNotFoundError,
    HandoverTakenError,
    HandoverUrgency,
)
from core.conversations.service import Conversations
from core.db.transaction import PlatformTx, Tx
from core.notifications.domain import NewNotification, Urgency
from core.notifications.service import Notifications
from core.values.clock import Clock
from core.values.ids import ChatAccountId
from core.vault.keyring import Keyring

END: Mapping[str, Any] = {"choices": [{"code": "handover.end", "label": ""}]}
_MENU = ("menu.ask", "menu.children", "menu.fees", "menu.school")


@dataclass(frozen=True, slots=True)
class HandoverDesk:
    """Opens, answers, raises and ends hand-overs (bàn trực)."""

    keyring: Keyring = field(repr=False)
    clock: Clock
    conversations: Conversations
    notifications: Notifications
    chats: StaffChats
    audit: Audit
    hearing: Hearing

    async def open(
        self, tx: Tx, account_id: ChatAccountId, reason: str, urgency: HandoverUrgency, said: tuple[str, str]
    ) -> Handover:
        """Open a hand-over and tell staff; an open one is told again, and may become an emergency.

        `said` is the id and the text of the message that asked for it. An emergency tells every staff chat
        at once; otherwise the first stage is told, or only the chat that has it already.
        """
        known = await repository.find_open(tx, account_id)
        opened = await repository.open_handover(
            tx, account_id=account_id, reason=reason[:40], urgency=urgency.value, opened_at=self.clock.now()
        )
        was_urgent = known is not None and known.urgency is HandoverUrgency.EMERGENCY
        if opened.urgency is HandoverUrgency.EMERGENCY and not was_urgent:
            await self.transcript.add(tx, opened, SaidBy.SYSTEM, "", (f"{URGENT}:{said[0]}", URGENT))
            if known is not None:  # everybody knows now and may take it over; its wait begins anew
                now = self.clock.now()
                await repository.change_handover(
                    tx, opened.id, reason=reason[:40], raised_at=now, waiting_since=now
                )
                opened = await self.get(tx, opened.id)
        await self.guardian_said(tx, opened, said)
        if known is None:
            details = {"reason": reason[:40], "urgency": urgency.value}
            await self.note(tx, f"chat:{account_id}", "handover_opened", opened.id, details)
        return await self.get(tx, opened.id)

    async def guardian_said(
        self, tx: Tx, handover: Handover, said: tuple[str, str], file: Mapping[str, Any] | None = None
    ) -> None:
        """Take down what the guardian wrote meanwhile, and tell those who answer, with a file of theirs."""
        if await self.transcript.add(tx, handover, SaidBy.GUARDIAN, "", said):
            await repository.wait(tx, handover.id, self.clock.now())
            hours, now = await self.hours(tx), self.clock.now()
            await self.alerts.said(tx, handover, said, hours.next_opening(now), file)

    async def keep(self, tx: Tx, handover: Handover, said: tuple[str, str]) -> None:
        """Take down what the guardian wrote, for staff to read later, without waking anybody."""
        await self.transcript.add(tx, handover, SaidBy.GUARDIAN, "", said)

    async def take(self, tx: Tx, handover_id: UUID, by: Answering) -> Handover:
        """A member of staff answers from now on; the guardian reads who. Taking it twice is harmless.

        Raises:
            HandoverNotFoundError: when it is not open.
            HandoverTakenError: when somebody else has it and has not kept anybody waiting for too long.
        """
        before = await self._locked(tx, handover_id)
        if before.taken_by == by.name:
            return await self._moved_to(tx, before, by)
        if before.taken_by is not None and before.raised_at is None:
            raise HandoverTakenError
        now = self.clock.now()
        chat_id = by.chat.id if by.chat else None
        await repository.change_handover(
            tx, handover_id, taken_by=by.name, taken_at=now, taken_chat_id=chat_id, raised_at=None
        )
        taken = await self.get(tx, handover_id)
        await self.transcript.add(tx, taken, SaidBy.SYSTEM, by.name, (f"take:{now.isoformat()}", "taken"))
        to = await self.conversations.recipient_of(tx, before.account_id)
        dedupe = f"handover:{handover_id}:taken:{now.timestamp():.6f}"
        await self.notifications.enqueue(
            tx, NewNotification(to, "handover.taken", {"name": by.name, **END}, dedupe, Urgency.REPLY)
        )
        await self.alerts.others(tx, taken, by.chat, "desk.taken_by", by.name)
        await self.note(tx, by.actor, "handover_taken", handover_id)
        return taken

    async def _moved_to(self, tx: Tx, taken: Handover, by: Answering) -> Handover:
        """Whoever has it goes on from another chat: what the guardian writes goes there from now on."""
        if by.chat is None or taken.taken_chat_id == by.chat.id:
            return taken
        await repository.change_handover(tx, taken.id, taken_chat_id=by.chat.id)
        return await self.get(tx, taken.id)

    async def answer(
        self,
        tx: Tx,
        handover_id: UUID,
        by: Answering,
        said: tuple[str, str],
        file: Mapping[str, Any] | None = None,
    ) -> Handover:
        """Send the guardian what a member of staff wrote, and a file of theirs; whoever answers first has it.

        The same message again (its id is in `said`) sends nothing twice.

        Raises:
            HandoverNotFoundError, HandoverTakenError: as for `take`.
            EmptyAnswerError, AnswerTooLongError: when there is nothing to send, or more than one can read.
        """
        said = (said[0], said[1].strip())
        if not said[1]:
            raise EmptyAnswerError
        if len(said[1]) > SAID_MAX:
            raise AnswerTooLongError(most=SAID_MAX)
        handover = await self._locked(tx, handover_id)
        if handover.taken_by != by.name:
            handover = await self.take(tx, handover_id, by)
        if await self.transcript.add(tx, handover, SaidBy.STAFF, by.name, said):
            to = await self.conversations.recipient_of(tx, handover.account_id)
            params = {"name": by.name, "text": said[1], **END, **({"file": dict(file)} if file else {})}
            dedupe = f"handover:{handover_id}:staff:{said[0]}"
            await self.notifications.enqueue(
                tx, NewNotification(to, "handover.staff_said", params, dedupe, Urgency.REPLY)
            )
            await repository.change_handover(tx, handover_id, waiting_since=None, raised_at=None)
            await self.alerts.ring(tx, handover, f"answered:{said[0]}")
            await self.note(tx, by.actor, "handover_answered", handover_id)
        return await self.get(tx, handover_id)

    async def end(self, tx: Tx, handover_id: UUID, by: Answering) -> Handover:
        """Staff have finished: the bot speaks again, and the guardian is told so.

        Raises:
            HandoverNotFoundError: when it is not open.
        """
        handover = await self._locked(tx, handover_id)
        to = await self.conversations.recipient_of(tx, handover.account_id)
        menu = {"choices": [{"code": code, "label": ""} for code in _MENU]}
        await self.notifications.enqueue(
            tx, NewNotification(to, "handover.ended", menu, f"handover:{handover_id}:ended", Urgency.REPLY)
        )
        await self.conversations.put_state(tx, handover.account_id, FlowState(choices=_MENU))
        await self.alerts.others(tx, handover, by.chat, "desk.ended_by", by.name)
        return await self._close(tx, handover, by.actor, by.name)

    async def leave(self, tx: Tx, handover: Handover) -> Handover:
        """The guardian wants the assistant back; staff who knew of it are told."""
        locked = await self._locked(tx, handover.id)
        await self.alerts.others(tx, locked, None, "desk.left", "")
        return await self._close(tx, locked, f"chat:{locked.account_id}", "")

    async def get(self, tx: Tx, handover_id: UUID) -> Handover:
        """One hand-over, open or ended.

        Raises:
            HandoverNotFoundError: when this school has none with this id.
        """
        found = await repository.find_handover(tx, handover_id)
        if found is None:
            raise HandoverNotFoundError
        return found

    async def find_open(self, tx: Tx, account_id: ChatAccountId) -> Handover | None:
        """The open hand-over of an account, if any."""
        return await repository.find_open(tx, account_id)

    async def hours(self, tx: Tx) -> DeskHours:
        """When the school answers."""
        return await self.chats.hours(tx)

    async def list_open(self, tx: Tx) -> tuple[Handover, ...]:
        """All open hand-overs, emergencies first, then the longest waiting."""
        return await repository.list_open(tx)

    async def list_closed(self, tx: Tx, limit: int = 20) -> tuple[Handover, ...]:
        """Those that ended last, newest first."""
        return await repository.list_closed(tx, limit)

    async def waiting(self, tx: Tx) -> tuple[int, int]:
        """How many wait for somebody, and how many of them are emergencies."""
        return await repository.count_waiting(tx)

    async def lines(self, tx: Tx, handover_id: UUID) -> tuple[HandoverLine, ...]:
        """What was said during a hand-over, in order."""
        return await self.transcript.read(tx, handover_id)

    async def schools_with_open(self, tx: PlatformTx) -> tuple[UUID, ...]:
        """Where the escalation has something to look at."""
        return await repository.schools_with_open(tx)

    @property
    def transcript(self) -> Transcript:
        """What was said, line by line."""
        return Transcript(self.keyring, self.clock)

    @property
    def alerts(self) -> Alerts:
        """Tells staff."""
        return Alerts(self.notifications, self.chats, self.hearing)

    async def _close(self, tx: Tx, handover: Handover, actor: str, name: str) -> Handover:
        await repository.change_handover(tx, handover.id, closed_at=self.clock.now(), waiting_since=None)
        await self.transcript.add(tx, handover, SaidBy.SYSTEM, name, ("end", "ended"))
        await self.note(tx, actor, "handover_ended", handover.id)
        return await self.get(tx, handover.id)

    async def _locked(self, tx: Tx, handover_id: UUID) -> Handover:
        found = await repository.find_handover(tx, handover_id, lock=True)
        if found is None or not found.is_open:
            raise HandoverNotFoundError
        return found

    async def note(
        self,
        tx: Tx,
        actor: str,
        what: str,
        handover_id: UUID,
        details: Mapping[str, str | int] | None = None,
    ) -> None:
        """Write into the audit trail what happened to a hand-over."""
        entry = AuditEntry(actor, f"conversations.{what}", f"handover:{handover_id}", details or {})
        await self.audit.record(tx, entry)
