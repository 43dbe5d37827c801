"""What the school wrote: drafts, published, withdrawn; sealed, versioned, and in the audit trail."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from core.answers.domain import NOTIFY_CHANNEL
from core.answers.passages.domain import (
    BadPassageError,
    Kind,
    NewPassage,
    PassageId,
    PassageNotFoundError,
    PassageStatus,
    Row,
)
from core.answers.passages.service import _dump, _load
from core.answers.previews.domain import PreviewAnswer, PreviewId, PreviewNotFoundError
from core.answers.service import Answers
from core.audit.service import Audit
from core.db.notify import Listener
from core.db.transaction import Database
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring

PARKING = NewPassage("Chỗ gửi xe", "Phụ huynh gửi xe ở cổng sau.", ("Gửi xe ở đâu ạ?",))


async def test_a_passage_is_told_only_while_it_is_published_and_holds(
    database: Database, answers: Answers, school_id: SchoolId, clock: FixedClock
) -> None:
    ends = replace(PARKING, effective_from=date(2026, 11, 1), effective_to=date(2026, 11, 22))
    async with database.transaction(school_id) as tx:
        passage_id = await answers.passages.save(tx, ends, author="Cô Lan", actor="staff:1")
        assert await answers.passages.list_told(tx) == ()
        await answers.passages.publish(tx, passage_id, "staff:1")
        (told,) = await answers.passages.list_told(tx)
        assert (told.content, told.author, told.status) == (ends, "Cô Lan", PassageStatus.PUBLISHED)
        clock.advance(timedelta(days=2))
        assert await answers.passages.list_told(tx) == ()


async def test_every_change_of_what_is_told_makes_a_new_version_and_wakes_the_bot(
    database: Database, database_url: str, answers: Answers, school_id: SchoolId
) -> None:
    versions = []
    async with Listener(database_url, NOTIFY_CHANNEL).listening() as heard:
        async with database.transaction(school_id) as tx:
            passage_id = await answers.passages.save(tx, PARKING, author="Cô Lan", actor="staff:1")
            versions.append((await answers.passages.state(tx)).version)
        async with database.transaction(school_id) as tx:
            await answers.passages.publish(tx, passage_id, "staff:1")
            versions.append((await answers.passages.state(tx)).version)
        assert await heard.get(within=5) == (NOTIFY_CHANNEL, str(school_id))
        async with database.transaction(school_id) as tx:
            changed = replace(PARKING, answer="Cổng sau, từ 6 giờ 30.")
            await answers.passages.save(tx, changed, author="Cô Lan", actor="staff:1", passage_id=passage_id)
            versions.append((await answers.passages.state(tx)).version)
            await answers.passages.withdraw(tx, passage_id, "staff:1")
            versions.append((await answers.passages.state(tx)).version)
            assert await answers.passages.list_told(tx) == ()
            assert len(await answers.passages.list_passages(tx, withdrawn=True)) == 1
    assert versions == [0, 1, 2, 3]


async def test_the_trail_tells_who_did_what_and_keeps_the_words_sealed(
    database: Database, answers: Answers, school_id: SchoolId, keyring: Keyring, clock: FixedClock
) -> None:
    async with database.transaction(school_id) as tx:
        passage_id = await answers.passages.save(tx, PARKING, author="Cô Lan", actor="staff:7")
        await answers.passages.publish(tx, passage_id, "staff:7")
        await answers.passages.withdraw(tx, passage_id, "staff:8")
        entries = await Audit(keyring, clock).list_recent(tx, subject=f"passage:{passage_id}")
        assert [(one.actor, one.action) for one in reversed(entries)] == [
            ("staff:7", "answers.passage_written"),
            ("staff:7", "answers.passage_published"),
            ("staff:8", "answers.passage_withdrawn"),
        ]
        assert all("cổng sau" in one.private["content"] for one in entries)
        raw = str((await tx.session.execute(text("SELECT t::text FROM school_passages t"))).all())
    assert "cổng" not in raw
    assert "Lan" not in raw


async def test_a_form_exists_once_and_saving_it_again_overwrites_it(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    def hours(until: str) -> NewPassage:
        return NewPassage(
            "Giờ làm việc", "", kind=Kind.HOURS, rows=(Row(("Văn phòng", "Thứ 2–6", "7:00", until, "")),)
        )

    async with database.transaction(school_id) as tx:
        first = await answers.passages.save(tx, hours("16:00"), author="Cô Lan", actor="staff:1")
        second = await answers.passages.save(tx, hours("17:00"), author="Thầy Nam", actor="staff:2")
        assert first == second
        kept = await answers.passages.find_form(tx, Kind.HOURS)
    assert kept is not None
    assert (kept.content.rows[0].cells[3], kept.author, kept.revision) == ("17:00", "Thầy Nam", 2)


async def test_a_passage_of_another_school_is_not_there(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        passage_id = await answers.passages.save(tx, PARKING, author="Cô Lan", actor="staff:1")
    async with database.transaction(SchoolId(new_id())) as tx:
        for wrong in (passage_id, PassageId(new_id())):
            with pytest.raises(PassageNotFoundError):
                await answers.passages.publish(tx, wrong, "staff:1")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"answer": ""}, "answer"),
        ({"answer": "a" * 2001}, "answer"),
        ({"questions": ()}, "questions"),
        ({"questions": ("a" * 301,)}, "questions"),
        ({"effective_from": date(2026, 2, 1), "effective_to": date(2026, 1, 1)}, "effective_to"),
    ],
)
def test_a_passage_that_will_not_do_says_where(change: dict[str, object], field: str) -> None:
    with pytest.raises(BadPassageError) as refused:
        replace(PARKING, **change)  # type: ignore[arg-type]  # that is the point
    assert refused.value.params["field"] == field


@given(st.text(max_size=400), st.text(max_size=400), st.lists(st.text(max_size=40), max_size=4))
def test_any_text_is_kept_word_for_word_or_refused_with_a_field(
    title: str, answer: str, asked: list[str]
) -> None:

    try:
        content = NewPassage(title, answer, tuple(asked))
    except BadPassageError:
        bad = [one for one in (title, answer) if not one.strip()] + [
            one for one in (title,) if len(one.strip()) > 160
        ]
        assert bad or not asked or any(not one.strip() for one in asked)
        return
    again = _load(orjson.loads(_dump(content, "x")), Kind.FREE)
    assert (again.title, again.answer) == (title.strip(), answer.strip())


async def test_a_preview_is_asked_by_staff_answered_by_the_bot_once_and_read_back(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        preview_id = await answers.previews.ask(tx, "Gửi xe ở đâu?")
        assert (await answers.previews.get(tx, preview_id)).answer is None
        (waiting,) = await answers.previews.list_waiting(tx)
        await answers.previews.answer(
            tx, waiting.id, PreviewAnswer("answer", "Cổng sau.", ("Nhà trường",), 0.9)
        )
        await answers.previews.answer(tx, waiting.id, PreviewAnswer("abstain", "Khác."))
        told = (await answers.previews.get(tx, preview_id)).answer
        assert told == PreviewAnswer("answer", "Cổng sau.", ("Nhà trường",), 0.9)
        assert await answers.previews.list_waiting(tx) == ()
        damaged, whole = [await answers.previews.ask(tx, one) for one in ("Hỏng", "Nguyên vẹn")]
        spoil = text("UPDATE answer_previews SET sealed_question = '\\x00' WHERE id = :id")
        await tx.session.execute(spoil, {"id": damaged})
        assert [one.id for one in await answers.previews.list_waiting(tx)] == [whole], (
            "no other one waits for it"
        )
        with pytest.raises(PreviewNotFoundError):
            await answers.previews.get(tx, PreviewId(new_id()))
        with pytest.raises(BadPassageError):
            await answers.previews.ask(tx, " ")
