"""Opens and closes turns, and keeps accounts.

It renders nothing and sends nothing: replies are notifications.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from core.conversations import repository
from core.conversations.domain import (
    IDLE_AFTER,
    TEXT_MAX,
    ChatAccount,
    ChatAccountNotFoundError,
    Closing,
    FlowState,
    Said,
    Turn,
    TurnAlreadyClosedError,
)
from core.conversations.tables import ChatAccountRow
from core.db.transaction import Tx
from core.notifications.domain import Recipient
from core.values.clock import Clock
from core.values.ids import ChatAccountId, ConversationId
from core.vault.keyring import Keyring, SchoolKeys, SealedDataError
from core.vault.unreadable import is_readable

ADDRESS = "chat_account.address"
STATE = "chat_account.state"
SAID = "chat_turn.said"
ANSWERED = "chat_turn.answered"
HISTORY_TURNS = 6


def address_index(keys: SchoolKeys, channel: str, chat_id: str) -> bytes:
    """The blind index under which the account of a chat is found."""
    return keys.blind_index(f"{channel}\x00{chat_id}", ADDRESS)


@dataclass(frozen=True, slots=True)
class Conversations:
    """Chat accounts and their turns."""

    keyring: Keyring = field(repr=False)
    clock: Clock
    history_turns: int = HISTORY_TURNS

    async def meet(self, tx: Tx, channel: str, chat_id: str, locale: str = "vi") -> ChatAccount:
        """Find the account of a chat, or create it."""
        return self._account(tx, await self._meet(tx, channel, chat_id, locale))

    async def find_account(self, tx: Tx, channel: str, chat_id: str) -> ChatAccount | None:
        """The account of a chat, when it has ever written to us."""
        keys = self.keyring.for_school(tx.school_id)
        row = await repository.find_account_by_index(tx, channel, address_index(keys, channel, chat_id))
        return self._account(tx, row) if row else None

    async def get_account(self, tx: Tx, account_id: ChatAccountId) -> ChatAccount:
        """One account.

        Raises:
            ChatAccountNotFoundError: when this school has no such account.
        """
        row = await repository.find_account(tx, account_id)
        if row is None:
            raise ChatAccountNotFoundError
        return self._account(tx, row)

    async def recipient_of(self, tx: Tx, account_id: ChatAccountId) -> Recipient:
        """Where a notification for this account goes.

        Raises:
            ChatAccountNotFoundError: when this school has no such account.
            SealedDataError: when its address cannot be read.
        """
        account = await self.get_account(tx, account_id)
        if not is_readable(account.address):
            raise SealedDataError("the address of a chat cannot be read")
        return Recipient(account.channel, account.address)

    async def recipients_of(self, tx: Tx, account_ids: Sequence[ChatAccountId]) -> tuple[Recipient, ...]:
        """The same for several accounts, the order is kept; those who cannot be reached are left out (`addresses`)."""
        found = await self.addresses(tx, account_ids)
        return tuple(found[one] for one in account_ids if one in found)

    async def addresses(
        self, tx: Tx, account_ids: Sequence[ChatAccountId]
    ) -> Mapping[ChatAccountId, Recipient]:
        """Where these accounts are reached; not of those that are unknown or whose address cannot be read."""
        accounts = [self._account(tx, row) for row in await repository.list_accounts(tx, account_ids)]
        return {one.id: Recipient(one.channel, one.address) for one in accounts if is_readable(one.address)}

    async def open_turn(self, tx: Tx, channel: str, chat_id: str, message_id: str, text: str) -> Turn:
        """Take down what somebody wrote. The same message again gives the same turn, perhaps `closed`."""
        said, now = text[:TEXT_MAX], self.clock.now()
        opened = await repository.open_turn(
            tx,
            self._new(tx, channel, chat_id, "vi"),
            now - IDLE_AFTER,
            message_id[:200],
            self.keyring.for_school(tx.school_id).seal(said, SAID),
            self.history_turns,
        )
        known = self._account(tx, opened.account)
        return Turn(
            id=opened.id,
            account_id=known.id,
            conversation_id=ConversationId(opened.conversation_id),
            channel=channel,
            address=chat_id,
            locale=known.locale,
            text=said,
            history=tuple(one for one in self._said(tx, opened.history) if is_readable(one.text)),
            state=known.state,
            introduced=known.introduced,
            closed=opened.closed,
            with_staff=opened.with_staff,
        )

    async def close_turn(self, tx: Tx, turn: Turn, closing: Closing) -> None:
        """Note what was answered and where the conversation stands, together with the replies.

        Raises:
            TurnAlreadyClosedError: when another worker answered first (roll back, send nothing).
        """
        keys = self.keyring.for_school(tx.school_id)
        done = await repository.close_turn(
            tx,
            turn.id,
            answered=keys.seal(closing.answered[:TEXT_MAX], ANSWERED),
            flow=closing.flow,
            now=self.clock.now(),
            state=keys.seal(closing.state.dump(), STATE),
            locale=closing.locale,
        )
        if not done:
            raise TurnAlreadyClosedError

    async def put_state(self, tx: Tx, account_id: ChatAccountId, state: FlowState) -> None:
        """Say where a conversation stands from outside of a turn: what staff did changed it."""
        sealed = self.keyring.for_school(tx.school_id).seal(state.dump(), STATE)
        await repository.update_account(tx, account_id, state=sealed)

    async def list_said(self, tx: Tx, account_id: ChatAccountId, limit: int = 20) -> tuple[Said, ...]:
        """The newest turns of an account, oldest first, for staff who take over."""
        rows = await repository.list_turns(tx, account_id, limit)
        return self._said(tx, [(row.said, row.answered) for row in rows])

    async def _meet(self, tx: Tx, channel: str, chat_id: str, locale: str) -> ChatAccountRow:
        new = self._new(tx, channel, chat_id, locale)
        return await repository.meet_account(tx, new, new.at - IDLE_AFTER)

    def _new(self, tx: Tx, channel: str, chat_id: str, locale: str) -> repository.NewAccount:
        keys = self.keyring.for_school(tx.school_id)
        index = address_index(keys, channel, chat_id)
        return repository.NewAccount(channel, keys.seal(chat_id, ADDRESS), index, locale, self.clock.now())

    def _said(self, tx: Tx, newest_first: Sequence[tuple[bytes, bytes | None]]) -> tuple[Said, ...]:
        keys = self.keyring.for_school(tx.school_id)
        said: list[Said] = []
        for user, bot in reversed(newest_first):
            said.append(Said("user", keys.show(user, SAID)))
            if bot is not None:
                said.append(Said("bot", keys.show(bot, ANSWERED)))
        return tuple(said)

    def _account(self, tx: Tx, row: ChatAccountRow) -> ChatAccount:
        keys = self.keyring.for_school(tx.school_id)
        state = keys.read(row.state, STATE) if row.state else None
        return ChatAccount(
            id=ChatAccountId(row.id),
            channel=row.channel,
            address=keys.show(row.address, ADDRESS),
            locale=row.locale,
            # Where a conversation stood is lost with its state: it begins anew, as after a long silence.
            state=FlowState.load(state) if state is not None else FlowState(),
            introduced=row.introduced_at is not None,
            last_seen_at=row.last_seen_at,
        )
