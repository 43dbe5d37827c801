"""What was asked and not answered well: kept sealed, rated, grouped, dealt with, forgotten."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from core.answers.asked.domain import (
    AskedId,
    AskedNotFoundError,
    Cluster,
    ClusterNotFoundError,
    NewAsked,
    Rating,
)
from core.answers.service import Answers
from core.db.transaction import Database, Tx
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id


async def _asked(answers: Answers, tx: Tx, words: str, behaviour: str = "abstain") -> AskedId:
    asked_id = AskedId(new_id())
    await answers.asked.keep(tx, NewAsked(asked_id, words, behaviour, 0.3, ("p1",)))
    return asked_id


async def test_unanswered_and_disliked_questions_wait_for_staff_and_liked_ones_do_not(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        unanswered = await _asked(answers, tx, "xe đưa đón mấy giờ")
        good = await _asked(answers, tx, "học bạ", "answer")
        wrong = await _asked(answers, tx, "bán trú bao nhiêu", "answer")
        kind = await _asked(answers, tx, "sân bóng")
        await answers.asked.rate(tx, good, Rating.UP)
        await answers.asked.rate(tx, wrong, Rating.UP)
        await answers.asked.rate(tx, wrong, Rating.WRONG)
        await answers.asked.rate(tx, kind, Rating.UP)
        assert {one.id for one in await answers.asked.list_open(tx)} == {unanswered, wrong}
        counts = await answers.asked.counts(tx, answers.asked.clock.now() - timedelta(days=1))
        assert (counts.answered, counts.unanswered, counts.liked, counts.disliked) == (2, 2, 2, 1)
        with pytest.raises(AskedNotFoundError):
            await answers.asked.rate(tx, AskedId(new_id()), Rating.UP)


async def test_a_group_shows_its_middle_question_first_and_is_gone_when_dealt_with(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        first = await _asked(answers, tx, "xe đưa đón mấy giờ")
        second = await _asked(answers, tx, "mấy giờ có xe đưa đón ạ")
        other = await _asked(answers, tx, "sân bóng")
        await answers.asked.replace_clusters(tx, [Cluster(other, (other,)), Cluster(first, (first, second))])
        big, small = await answers.asked.list_clusters(tx)
        assert (big.id, big.size, big.unanswered, big.examples[0]) == (first, 2, 2, "xe đưa đón mấy giờ")
        assert small.size == 1
        assert await answers.asked.settle(tx, big.id, "staff:1", "answered") == 2
        assert {one.id for one in await answers.asked.list_open(tx)} == {other}
        with pytest.raises(ClusterNotFoundError):
            await answers.asked.settle(tx, big.id, "staff:1", "answered")
        with pytest.raises(ClusterNotFoundError):
            await answers.asked.get_cluster(tx, big.id)
        await answers.asked.replace_clusters(tx, [])
        assert await answers.asked.list_clusters(tx) == ()


async def test_the_words_are_sealed_and_the_same_turn_is_kept_once(
    database: Database, answers: Answers, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        asked = NewAsked(AskedId(new_id()), "con em học lớp nào", "abstain", 0.1)
        await answers.asked.keep(tx, asked)
        await answers.asked.keep(tx, asked)
        rows = (await tx.session.execute(text("SELECT t::text FROM asked_questions t"))).all()
    assert len(rows) == 1
    assert "con em" not in str(rows)


async def test_questions_are_forgotten_the_fine_ones_first(
    database: Database, answers: Answers, school_id: SchoolId, clock: FixedClock
) -> None:
    async with database.transaction(school_id) as tx:
        await _asked(answers, tx, "học bạ", "answer")
        await _asked(answers, tx, "sân bóng")
    forgotten = []
    for days in (34, 7, 145):  # on the third of a month, the month before is still whole
        clock.advance(timedelta(days=days))
        async with database.platform() as everywhere:
            forgotten.append(await answers.asked.forget(everywhere))
    assert forgotten == [0, 1, 1]
