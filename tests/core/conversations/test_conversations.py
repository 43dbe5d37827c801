"""Accounts, turns, states: on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.conversations.domain import (
    ChatAccountNotFoundError,
    Closing,
    FlowState,
    LineOrigin,
    TurnAlreadyClosedError,
)
from core.conversations.lines import ChatLines
from core.conversations.service import Conversations
from core.db.transaction import Database
from core.values.clock import FixedClock
from core.values.ids import ChatAccountId, SchoolId, new_id
from core.vault.keyring import Keyring


@pytest.fixture
def conversations(keyring: Keyring, clock: FixedClock) -> Conversations:
    return Conversations(keyring, clock)


def closing(answered: str = "Dạ", **state: object) -> Closing:
    return Closing(answered, "ask", FlowState(**state))  # type: ignore[arg-type] - keywords of the state


async def test_the_same_chat_is_the_same_account_and_another_channel_is_not(
    database: Database, school_id: SchoolId, conversations: Conversations
) -> None:
    async with database.transaction(school_id) as tx:
        first = await conversations.meet(tx, "webchat", "chat-1")
        again = await conversations.meet(tx, "webchat", "chat-1")
        other = await conversations.meet(tx, "telegram", "chat-1")
    assert first.id == again.id != other.id
    async with database.transaction(SchoolId(new_id())) as tx:
        assert await conversations.find_account(tx, "webchat", "chat-1") is None


async def test_a_turn_carries_the_last_turns_and_the_state_of_the_one_before(
    database: Database, school_id: SchoolId, conversations: Conversations, clock: FixedClock
) -> None:
    for number in range(8):
        async with database.transaction(school_id) as tx:
            turn = await conversations.open_turn(tx, "webchat", "c", f"m{number}", f"câu {number}")
            await conversations.close_turn(tx, turn, closing(f"đáp {number}", step=str(number)))
        clock.advance(timedelta(minutes=1))
    async with database.transaction(school_id) as tx:
        turn = await conversations.open_turn(tx, "webchat", "c", "m9", "câu cuối")
    assert turn.state.step == "7"
    assert turn.introduced
    assert [said.text for said in turn.history][-2:] == ["câu 7", "đáp 7"]
    assert len(turn.history) == 2 * conversations.history_turns


async def test_after_a_long_silence_the_old_context_is_gone_but_the_account_stays(
    database: Database, school_id: SchoolId, conversations: Conversations, clock: FixedClock
) -> None:
    async with database.transaction(school_id) as tx:
        before = await conversations.open_turn(tx, "webchat", "c", "m1", "chào")
        await conversations.close_turn(tx, before, closing())
    clock.advance(timedelta(hours=7))
    async with database.transaction(school_id) as tx:
        after = await conversations.open_turn(tx, "webchat", "c", "m2", "chào")
    assert after.account_id == before.account_id
    assert after.conversation_id != before.conversation_id
    assert after.history == ()


async def test_a_replayed_message_finds_its_turn_closed_and_cannot_answer_it_twice(
    database: Database, school_id: SchoolId, conversations: Conversations
) -> None:
    async with database.transaction(school_id) as tx:
        turn = await conversations.open_turn(tx, "webchat", "c", "m1", "chào")
        await conversations.close_turn(tx, turn, closing())
    async with database.transaction(school_id) as tx:
        replay = await conversations.open_turn(tx, "webchat", "c", "m1", "chào")
        assert replay.closed
        assert replay.id == turn.id
        with pytest.raises(TurnAlreadyClosedError):
            await conversations.close_turn(tx, replay, closing())


async def test_nothing_readable_of_a_person_is_in_the_tables(
    database: Database, school_id: SchoolId, conversations: Conversations, keyring: Keyring, clock: FixedClock
) -> None:
    async with database.transaction(school_id) as tx:
        turn = await conversations.open_turn(tx, "webchat", "chat-secret", "m1", "bí mật")
        await conversations.close_turn(tx, turn, closing("trả lời kín", data={"child": "Bé Na"}))
        await ChatLines(keyring, clock).append(
            tx, turn.account_id, LineOrigin.SCHOOL, "n1", {"text": "dòng kín"}
        )
    async with database.platform() as tx:
        dump = str(
            [
                (await tx.session.execute(text(f"SELECT * FROM {table}"))).all()
                for table in ("chat_accounts", "chat_turns", "chat_lines")
            ]
        )
    for secret in ("chat-secret", "bí mật", "kín", "Bé Na"):
        assert secret not in dump
        assert secret.encode().hex() not in dump
    assert "bí mật" not in repr(turn)


async def test_a_recipient_is_where_the_account_writes_from(
    database: Database, school_id: SchoolId, conversations: Conversations
) -> None:
    async with database.transaction(school_id) as tx:
        account = await conversations.meet(tx, "zalo", "user-9")
        recipient = await conversations.recipient_of(tx, account.id)
        unknown = ChatAccountId(new_id())
        assert (recipient.channel, recipient.address) == ("zalo", "user-9")
        assert await conversations.recipients_of(tx, [unknown, account.id]) == (recipient,)
        with pytest.raises(ChatAccountNotFoundError):
            await conversations.recipient_of(tx, unknown)


async def test_lines_come_back_in_order_once_each_and_after_a_cursor(
    database: Database, school_id: SchoolId, conversations: Conversations, keyring: Keyring, clock: FixedClock
) -> None:
    lines = ChatLines(keyring, clock)
    async with database.transaction(school_id) as tx:
        account = await conversations.meet(tx, "webchat", "c")
        written = [
            await lines.append(tx, account.id, LineOrigin.SCHOOL, f"n{number % 3}", {"text": str(number)})
            for number in range(4)
        ]
        everything = await lines.list_lines(tx, account.id)
        rest = await lines.list_lines(tx, account.id, after=everything[0].id)
    assert written == [True, True, True, False]
    assert [line.body["text"] for line in everything] == ["0", "1", "2"]
    assert rest == everything[1:]


plain = st.recursive(st.text() | st.integers(-(2**53), 2**53) | st.booleans(), st.lists, max_leaves=5)


@given(st.builds(FlowState, st.text(), st.text(), st.dictionaries(st.text(), plain), st.tuples(st.text())))
def test_a_state_survives_its_own_writing(state: FlowState) -> None:
    assert FlowState.load(state.dump()) == state
