"""Requests about personal data: receipt, term, answer; and what is deleted by age when the clock moves on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import LargeBinary, text

from core.app import Core, build_core
from core.db.metadata import all_tables
from core.db.transaction import Tx
from core.inbox.domain import Incoming
from core.keys.domain import LEDGERS, SEALED
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.preferences.domain import Kind as News
from core.preferences.domain import Mode, Preference
from core.rights.domain import (
    EXPORT_LIFE,
    MOST_OPENED,
    TERM,
    AnswerMissingError,
    ExportGoneError,
    Kind,
    NewRequest,
    RequestAnsweredError,
    RequestNotFoundError,
    Status,
)
from core.rights.forgetting import Forgetting
from core.rights.retention import ELSEWHERE, KEPT, RULES
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID, SampleSchool
from core.settings import CoreSettings
from core.values.clock import FixedClock, school_date
from core.values.ids import ChatAccountId, StudentId, new_id


@pytest.fixture
async def core(database_url: str, clock: FixedClock, master_key_text: str) -> AsyncIterator[Core]:
    settings = CoreSettings(
        database_url=database_url,  # type: ignore[arg-type]
        master_key=master_key_text,  # type: ignore[arg-type]
        session_key=master_key_text,  # type: ignore[arg-type]
    )
    built = build_core(settings, clock)
    async with built.database.transaction(SCHOOL_ID) as tx:
        await SampleSchool(
            clock, built.schools, built.students, built.guardians, built.exams, built.fees
        ).load(tx)
    yield built
    await built.database.dispose()


async def the_pupil(core: Core) -> StudentId:
    async with core.database.transaction(SCHOOL_ID) as tx:
        found = await core.students.by_citizen_id(tx, pupils()[0].citizen_id)
    assert found
    return found


async def test_a_request_has_a_number_and_a_term_and_shows_when_it_is_overdue(
    core: Core, clock: FixedClock
) -> None:
    pupil = await the_pupil(core)
    async with core.database.transaction(SCHOOL_ID) as tx:
        opened = await core.rights.open(tx, NewRequest(Kind.CORRECT, pupil, "staff:x", text="Sai ngày sinh"))
        assert opened.due_on == school_date(clock.now() + TERM)
        assert not opened.overdue(clock.now())
        clock.advance(TERM)
        assert not opened.overdue(clock.now()), "the last day still counts"
        clock.advance(timedelta(days=1))
        assert opened.overdue(clock.now())
        assert opened.days_left(clock.now()) == -1
        later = await core.rights.open(tx, NewRequest(Kind.VIEW, pupil, "staff:x"))
        assert [one.id for one in await core.rights.list_open(tx)] == [opened.id, later.id]


async def test_a_refusal_needs_words_and_an_answer_is_given_once(core: Core) -> None:
    pupil = await the_pupil(core)
    async with core.database.transaction(SCHOOL_ID) as tx:
        opened = await core.rights.open(tx, NewRequest(Kind.DELETE, pupil, "staff:x"))
        with pytest.raises(AnswerMissingError):
            await core.rights.answer(tx, opened.id, Status.REFUSED, "  ", "staff:x")
        await core.rights.answer(tx, opened.id, Status.REFUSED, "Học bạ phải giữ theo luật.", "staff:x")
        with pytest.raises(RequestAnsweredError):
            await core.rights.answer(tx, opened.id, Status.DONE, "", "staff:x")
        with pytest.raises(RequestNotFoundError):
            await core.rights.get(tx, new_id())
        assert (await core.rights.list_answered(tx))[0].answer.startswith("Học bạ")


async def test_what_was_answered_last_stands_first_however_much_was_answered_before(
    core: Core, clock: FixedClock
) -> None:
    pupil = await the_pupil(core)
    async with core.database.transaction(SCHOOL_ID) as tx:
        for _ in range(51):
            opened = await core.rights.open(tx, NewRequest(Kind.VIEW, pupil, "staff:x"))
            clock.advance(timedelta(hours=1))
            await core.rights.answer(tx, opened.id, Status.DONE, "", "staff:x")
        shown = await core.rights.list_answered(tx)
    assert (len(shown), shown[0].id) == (50, opened.id)


async def test_a_link_to_ones_data_is_good_for_a_day_and_twenty_openings(
    core: Core, clock: FixedClock
) -> None:
    pupil = await the_pupil(core)
    async with core.database.transaction(SCHOOL_ID) as tx:
        turn = await core.conversations.open_turn(tx, "webchat", "chat", "1", "xem dữ liệu")
        _, token = await core.rights.share(tx, pupil, turn.account_id)
        _, other = await core.rights.share(tx, pupil, turn.account_id)
    async with core.database.platform() as tx:
        for _ in range(MOST_OPENED):
            assert (await core.rights.opened(tx, token))[1] == pupil
        with pytest.raises(ExportGoneError):
            await core.rights.opened(tx, token)
    clock.advance(EXPORT_LIFE)
    async with core.database.platform() as tx:
        with pytest.raises(ExportGoneError):
            await core.rights.opened(tx, other)


async def test_a_chat_that_no_longer_speaks_for_the_child_sees_nothing(core: Core) -> None:
    pupil = await the_pupil(core)
    async with core.database.transaction(SCHOOL_ID) as tx:
        with pytest.raises(ExportGoneError):
            await core.exports.of(tx, pupil, ChatAccountId(new_id()))


async def test_what_has_served_its_time_is_really_gone_and_nothing_else(
    core: Core, clock: FixedClock
) -> None:
    async with core.database.transaction(SCHOOL_ID) as tx:
        turn = await core.conversations.open_turn(tx, "webchat", "chat", "1", "một câu cũ")
        await core.rights.share(tx, await the_pupil(core), turn.account_id)
        await core.sign_ons.invite(tx, turn.account_id)
    forgetting = Forgetting(core.database, clock, batch=2)
    assert await forgetting.once() == {}
    clock.advance(timedelta(days=2, minutes=16))
    assert await forgetting.once() == {"data_exports": 1, "sign_ons": 1}
    clock.advance(timedelta(days=364))
    async with core.database.transaction(SCHOOL_ID) as tx:
        await core.conversations.open_turn(tx, "webchat", "chat", "2", "một câu mới")
    gone = await forgetting.once()
    assert gone["chat_turns"] == 1
    async with core.database.transaction(SCHOOL_ID) as tx:
        assert await tx.session.scalar(text("SELECT count(*) FROM chat_turns")) == 1
        assert await tx.session.scalar(text("SELECT count(*) FROM students")) == len(pupils())
        assert (await core.audit.verify(tx)).intact


def test_every_table_with_personal_data_has_a_time_or_a_reason() -> None:
    sealed = {
        table.name
        for table in all_tables().tables.values()
        if any(isinstance(column.type, LargeBinary) for column in table.columns)
    }
    ruled = {rule.table for rule in RULES} | set(ELSEWHERE) | set(KEPT)
    assert sealed - ruled - {"audit_heads"} == set(), "say in core/rights/retention.py how long this is kept"
    assert not {rule.table for rule in RULES} & (set(ELSEWHERE) | set(KEPT))


def test_every_rule_names_a_real_column() -> None:
    tables = all_tables().tables
    for rule in RULES:
        assert rule.column in tables[rule.table].columns, rule.table
        assert rule.keep > timedelta(0)


FEW = {
    "answer_previews", "chat_handovers", "data_requests", "device_enrolment_codes", "guardian_kiosk_reports",
    "guardian_link_codes", "guardian_tickets",
}  # fmt: skip
"""Tables of some hundred rows: an index by age would cost more than the hourly look through them."""


def test_what_grows_with_every_day_is_found_by_its_age_without_reading_the_rest() -> None:
    tables = all_tables().tables
    grown = [(rule.table, rule.column) for rule in RULES if rule.table not in FEW]
    grown += [("inbox_events", "finished_at"), ("notifications", "finished_at")]
    for table, column in grown:
        firsts = {next(iter(index.columns.keys())) for index in tables[table].indexes}
        assert column in firsts, table


async def test_what_an_erased_chat_wrote_and_was_told_is_read_nowhere_any_more(core: Core) -> None:
    word, to, other = "bí mật nhỏ", Recipient("webchat", "chat"), Recipient("webchat", "other")
    pupil = await the_pupil(core)
    async with core.database.transaction(SCHOOL_ID) as tx:
        turn = await core.conversations.open_turn(tx, "webchat", "chat", "1", word)
        await core.conversations.meet(tx, "webchat", "other")
        for chat in ("chat", "other"):
            await core.inbox.record_handled(tx, Incoming("webchat", f"{chat}-1", chat, {"text": word}))
        await core.notifications.enqueue(
            tx,
            *(
                NewNotification(one, "handover.staff_said", {"text": word}, f"a{one}", Urgency.REPLY)
                for one in (to, other)
            ),
        )
        await core.preferences.choose(tx, [to], Preference(News.NEWS, Mode.DIGEST))
        await core.notifications.enqueue(tx, NewNotification(to, "broadcast.notice", {"text": word}, "b"))
        kept = await written(core, tx, word)
        assert {"chat_turns.said", "inbox_events.content", "notification_digest_items.content"} <= set(kept)
        opened = await core.rights.open(tx, NewRequest(Kind.DELETE, pupil, "staff:x", turn.account_id))
        await core.rights.answer(tx, opened.id, Status.DONE, "Đã xoá.", "staff:x")
        assert await written(core, tx, word) == {"inbox_events.content": 1, "notifications.content": 1}, (
            "the other chat's own"
        )
        waiting = "SELECT count(*) FROM notifications WHERE status = 'queued'"
        chosen = "SELECT count(*) FROM notification_preferences"
        assert [(await tx.session.execute(text(one))).scalar_one() for one in (waiting, chosen)] == [1, 0]
        assert await core.notifications.known(tx, [f"a{to}", "b"]) == {f"a{to}", "b"}, "nothing is told anew"


async def written(core: Core, tx: Tx, word: str) -> dict[str, int]:
    """In how many values of which column a word can be read by whoever has the keys."""
    keys, found = core.keyring.for_school(SCHOOL_ID), dict[str, int]()
    for column in (*SEALED, *LEDGERS):
        values = await tx.session.scalars(text(f"SELECT {column.column} FROM {column.table}"))
        for sealed in values:
            if sealed is not None and word in keys.open(sealed, column.label):
                name = f"{column.table}.{column.column}"
                found[name] = found.get(name, 0) + 1
    return found
