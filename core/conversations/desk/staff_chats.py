"""The chats of staff: made in the console, joined from the chat itself by a one-time code.

A code has 40 random bits, lives for half an hour and is kept as a fingerprint only; guessing one is hopeless.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.conversations.desk import repository
from core.conversations.desk.domain import (
    DeskHours,
    NewStaffChat,
    StaffChat,
    StaffChatNotFoundError,
)
from core.conversations.tables import StaffChatRow
from core.db.transaction import Tx
from core.notifications.domain import Recipient
from core.schools.calendar.service import Calendars
from core.values.clock import Clock
from core.values.ids import ClassId
from core.vault.keyring import Keyring, SealedDataError

log = structlog.get_logger(__name__)
CODE_LIFE = timedelta(minutes=30)
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOK_ALIKES = str.maketrans("OIL", "011")
_LENGTH = 8
_NAME, _ADDRESS, _CODE = "staff_chat.name", "staff_chat.address", "staff_chat.code"


@dataclass(frozen=True, slots=True)
class StaffChats:
    """Staff chats and the hours of the desk."""

    keyring: Keyring = field(repr=False)
    clock: Clock
    audit: Audit

    @property
    def calendars(self) -> Calendars:
        """The days on which nobody is there."""
        return Calendars(self.clock, self.audit)

    async def list_chats(self, tx: Tx) -> tuple[StaffChat, ...]:
        """Every staff chat, the first to be told first; those that wait for their code too.

        One that cannot be read is left out and logged: an alert must reach the others.
        """
        rows = await repository.list_staff_chats(tx)
        return tuple(chat for row in rows if (chat := self._readable(tx, row)) is not None)

    async def find(self, tx: Tx, channel: str, address: str) -> StaffChat | None:
        """The staff chat at this address, if it is one."""
        row = await repository.find_staff_chat(tx, address=(channel, self._index(tx, channel, address)))
        return self._chat(tx, row) if row else None

    async def invite(self, tx: Tx, new: NewStaffChat, actor: str) -> tuple[UUID, str]:
        """Make a staff chat that joins by a code; returns its id and the code, which is shown once.

        Its role and class say what its people may (`core.staff.chat_rights`).
        """
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        code = "".join(secrets.choice(_ALPHABET) for _ in range(_LENGTH))
        chat_id = await repository.add_staff_chat(
            tx,
            name=keys.seal(" ".join(new.name.split()), _NAME),
            is_group=new.is_group,
            stage=new.stage,
            role=new.role,
            class_id=new.class_id,
            code_index=keys.blind_index(code, _CODE),
            code_expires_at=now + CODE_LIFE,
            created_at=now,
        )
        await self._note(tx, actor, "staff_chat_invited", chat_id)
        return chat_id, f"{code[:4]}-{code[4:]}"

    async def join(self, tx: Tx, channel: str, address: str, typed: str) -> StaffChat:
        """The chat that shows a right code is a staff chat from now on; the code is spent.

        Raises:
            StaffChatNotFoundError: when the code is wrong, spent or too old.
        """
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        code = re.sub(r"[\s.\-–]", "", typed).upper().translate(_LOOK_ALIKES)
        row = await repository.find_staff_chat(tx, code_index=keys.blind_index(code, _CODE))
        if row is None or row.code_expires_at is None or row.code_expires_at <= now:
            raise StaffChatNotFoundError
        index = self._index(tx, channel, address)
        before = await repository.find_staff_chat(tx, address=(channel, index))
        if before is not None:
            await repository.change_staff_chat(tx, before.id, removed_at=now)
        joined = {"channel": channel, "address": keys.seal(address, _ADDRESS), "address_index": index}
        await repository.change_staff_chat(
            tx, row.id, **joined, joined_at=now, code_index=None, code_expires_at=None
        )
        await self._note(tx, f"chat:{channel}", "staff_chat_joined", row.id)
        found = await self.find(tx, channel, address)
        assert found is not None, "it has just joined"
        return found

    async def ensure(self, tx: Tx, recipient: Recipient, name: str) -> StaffChat:
        """Make the chat that the operator's settings name a staff chat of the first stage, once."""
        found = await self.find(tx, recipient.channel, recipient.address)
        if found is not None:
            return found
        keys, now = self.keyring.for_school(tx.school_id), self.clock.now()
        await repository.add_staff_chat(
            tx,
            name=keys.seal(name, _NAME),
            is_group=True,
            stage=1,
            channel=recipient.channel,
            address=keys.seal(recipient.address, _ADDRESS),
            address_index=self._index(tx, recipient.channel, recipient.address),
            created_at=now,
            joined_at=now,
        )
        found = await self.find(tx, recipient.channel, recipient.address)
        assert found is not None, "it has just been written"
        return found

    async def move(self, tx: Tx, channel: str, address: str, to: str) -> bool:
        """The platform gave a group another address: it stays the staff chat that it is; False when it is none."""
        found = await self.find(tx, channel, address)
        if found is None or await self.find(tx, channel, to) is not None:
            return False
        sealed = self.keyring.for_school(tx.school_id).seal(to, _ADDRESS)
        index = self._index(tx, channel, to)
        await repository.change_staff_chat(tx, found.id, address=sealed, address_index=index)
        await self._note(tx, f"chat:{channel}", "staff_chat_moved", found.id)
        return True

    async def remove(self, tx: Tx, chat_id: UUID, actor: str) -> None:
        """Tell this chat nothing any more, and obey nothing from it.

        Raises:
            StaffChatNotFoundError: when there is none.
        """
        if not await repository.change_staff_chat(tx, chat_id, removed_at=self.clock.now()):
            raise StaffChatNotFoundError
        await self._note(tx, actor, "staff_chat_removed", chat_id)

    async def hours(self, tx: Tx) -> DeskHours:
        """When the school answers."""
        row, calendar = await repository.find_hours(tx), await self.calendars.read(tx)
        if row is None:
            return DeskHours(calendar=calendar)
        wait = timedelta(minutes=row.raise_after_minutes)
        return DeskHours(row.opens, row.closes, row.days, wait, calendar)

    async def set_hours(self, tx: Tx, hours: DeskHours, actor: str) -> None:
        """Change when the school answers."""
        minutes = int(hours.raise_after.total_seconds() // 60)
        await repository.put_hours(
            tx, opens=hours.opens, closes=hours.closes, days=hours.days, raise_after_minutes=minutes
        )
        await self._note(tx, actor, "desk_hours_set", tx.school_id)

    async def _note(self, tx: Tx, actor: str, what: str, subject: UUID) -> None:
        await self.audit.record(tx, AuditEntry(actor, f"conversations.{what}", f"desk:{subject}"))

    def _index(self, tx: Tx, channel: str, address: str) -> bytes:
        return self.keyring.for_school(tx.school_id).blind_index(f"{channel}\x00{address}", _ADDRESS)

    def _readable(self, tx: Tx, row: StaffChatRow) -> StaffChat | None:
        try:
            return self._chat(tx, row)
        except SealedDataError:
            log.warning("staff_chat_unreadable", staff_chat=str(row.id))
            return None

    def _chat(self, tx: Tx, row: StaffChatRow) -> StaffChat:
        keys = self.keyring.for_school(tx.school_id)
        to = None
        if row.channel and row.address:
            to = Recipient(row.channel, keys.open(row.address, _ADDRESS))
        name = keys.open(row.name, _NAME)
        class_id = ClassId(row.class_id) if row.class_id else None
        return StaffChat(row.id, name, row.is_group, row.stage, to, row.code_expires_at, row.role, class_id)
