"""Announcements on a real PostgreSQL: who gets them, once, and what stopping and time do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.app import Core
from core.broadcasts.domain import (
    Audience,
    AudienceKind,
    BadBroadcastError,
    Broadcast,
    BroadcastNotFoundError,
    BroadcastStateError,
    Draft,
    EmptyAudienceError,
    Kind,
    Progress,
    Status,
)
from core.broadcasts.reach import grade_of
from core.guardians.domain import CodeStrength
from core.guardians.restrictions.domain import NewRestriction, Person, RestrictionKind
from core.notifications.domain import DeliveryReport, Recipient
from core.preferences.domain import Kind as MessageKind
from core.preferences.domain import Mode, Preference
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from tests.core.broadcasts.support import Parish, parish
from tests.core.checkins.conftest import core

__all__ = ["core"]
UNPAID, UNVERIFIED = Audience(AudienceKind.UNPAID), Audience(AudienceKind.UNVERIFIED)


@pytest.fixture
async def school(core: Core, school_id: SchoolId) -> Parish:
    return await parish(core, school_id, 7)


async def test_everybody_with_a_chat_gets_it_once_however_small_the_batches(school: Parish) -> None:
    broadcast = await school.announce()
    worker = school.worker(batch=2)
    rounds = 0
    while await worker.once():
        rounds += 1
    assert rounds == 3
    assert await school.told(broadcast) == [("zalo", f"chat-{n}") for n in range(6)]
    async with school.database.transaction(school.school_id) as tx:
        after = await school.core.broadcasts.get(tx, broadcast.id)
    assert (after.status, after.people, after.messages, after.unreached) == (Status.SENT, 7, 6, 1)
    assert await worker.once() == 0


@pytest.mark.parametrize(
    ("audience", "chats"),
    [
        (Audience(AudienceKind.GRADE, ("6",)), (0, 2, 4)),
        (Audience(AudienceKind.GRADE, ("7",)), (1, 3, 5)),
        (UNPAID, (1,)),
        (UNVERIFIED, range(6)),
    ],
)
async def test_an_audience_means_its_pupils_guardians(
    school: Parish, audience: Audience, chats: tuple[int, ...]
) -> None:
    broadcast = await school.announce(audience)
    await school.worker().once()
    assert await school.told(broadcast) == [("zalo", f"chat-{n}") for n in chats]


async def test_a_class_means_its_pupils_guardians_and_the_preview_counts_them(school: Parish) -> None:
    async with school.database.transaction(school.school_id) as tx:
        (first, *_) = await school.core.students.list_classes(tx)
        audience = Audience(AudienceKind.CLASS, (str(first.id),))
        preview = await school.core.broadcasts.preview(tx, Draft(Kind.NOTICE, "a", "b", audience))
    assert (preview.people, preview.reachable, preview.unreached) == (4, 3, 1)


@pytest.mark.parametrize("kind", [Kind.NOTICE, Kind.EMERGENCY])
async def test_two_guardians_who_share_a_chat_read_it_there_once(school: Parish, kind: Kind) -> None:
    guardians = school.core.guardians
    async with school.database.transaction(school.school_id) as tx:
        (other,) = await guardians.guardians_of(tx, school.students[6])
        shared = await school.core.conversations.meet(tx, "zalo", "chat-0")
        code = await guardians.issue_link_code(tx, other.guardian.id, CodeStrength.SENT)
        await guardians.link(tx, shared.id, code.value)
    broadcast = await school.announce(kind=kind)
    while await school.worker(batch=2).once():
        pass
    told = await school.told(broadcast)
    assert told == sorted(set(told))
    assert ("zalo", "chat-0") in told


async def test_an_emergency_goes_to_every_chat_at_once_whatever_people_prefer(school: Parish) -> None:
    async with school.database.transaction(school.school_id) as tx:
        await school.core.preferences.set_default(tx, Preference(MessageKind.NEWS, Mode.OFF))
    quiet = await school.announce()
    loud = await school.announce(kind=Kind.EMERGENCY)
    await school.worker().once()
    assert await school.told(quiet) == []
    told = await school.told(loud)
    assert told == sorted([("webchat", "chat-0"), *(("zalo", f"chat-{n}") for n in range(6))])


async def test_who_is_barred_from_a_child_hears_nothing_of_its_school(school: Parish) -> None:
    async with school.database.transaction(school.school_id) as tx:
        first = school.students[0]
        barred = NewRestriction(first, RestrictionKind.SEE, Person("Mẹ 0"), "Quyết định của toà án")
        await school.core.guardians.restrictions.add(tx, barred, "staff:x")
    broadcast = await school.announce()
    await school.worker().once()
    assert ("zalo", "chat-0") not in await school.told(broadcast)
    assert ("zalo", "chat-1") in await school.told(broadcast)


async def test_the_preview_counts_as_the_sending_does(school: Parish) -> None:
    """One may not hear of the school, one wants no news, one reads them in the evening, one has no chat."""
    zalos = [Recipient("zalo", f"chat-{n}") for n in range(6)]
    async with school.database.transaction(school.school_id) as tx:
        barred = NewRestriction(
            school.students[0], RestrictionKind.SEE, Person("Mẹ 0"), "Quyết định của toà án"
        )
        await school.core.guardians.restrictions.add(tx, barred, "staff:x")
        await school.core.preferences.choose(tx, zalos[1:2], Preference(MessageKind.NEWS, Mode.OFF))
        await school.core.preferences.choose(tx, zalos[2:3], Preference(MessageKind.NEWS, Mode.DIGEST))
    made = await school.draft()
    async with school.database.transaction(school.school_id) as tx:
        preview = await school.core.broadcasts.preview(tx, made.draft)
        loud = await school.core.broadcasts.preview(tx, replace(made.draft, kind=Kind.EMERGENCY))
        await school.core.broadcasts.confirm(tx, made.id, "staff:y")
    assert (preview.people, preview.now, preview.later, preview.declined, preview.unreached) == (
        7,
        3,
        1,
        1,
        2,
    )
    assert (preview.reachable, loud.reachable, loud.declined) == (4, 5, 0)
    await school.worker().once()
    assert len(await school.told(made)) == preview.now


async def test_what_is_scheduled_waits_and_quiet_hours_are_told_beforehand(
    school: Parish, clock: FixedClock
) -> None:
    clock.instant = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)  # 22:00
    made = await school.draft()
    later = clock.now() + timedelta(hours=9)
    async with school.database.transaction(school.school_id) as tx:
        preview = await school.core.broadcasts.preview(tx, made.draft)
        assert preview.quiet_until is not None
        assert preview.quiet_until.strftime("%d/%m %H:%M") == "22/11 06:00"
        await school.core.broadcasts.confirm(tx, made.id, "staff:y", later)
    assert await school.worker().once() == 0
    assert await school.told(made) == []
    clock.advance(timedelta(hours=9))
    await school.worker().once()
    assert len(await school.told(made)) == 6


async def test_stopping_takes_back_what_is_not_sent_and_writes_no_more(school: Parish) -> None:
    broadcast = await school.announce()
    worker = school.worker(batch=3)
    await worker.once()
    async with school.database.transaction(school.school_id) as tx:
        assert await school.core.broadcasts.stop(tx, broadcast.id, "staff:y") == 3
    assert await worker.once() == 0
    async with school.database.transaction(school.school_id) as tx:
        progress = await school.core.broadcasts.progress(tx, broadcast.id)
        (line,) = await school.core.broadcasts.tally(tx, broadcast)
        assert progress.delivery == DeliveryReport(expired=3)
        assert (progress.percent, line.failure) == (100, "withdrawn")
        with pytest.raises(BroadcastStateError):
            await school.core.broadcasts.stop(tx, broadcast.id, "staff:y")
    assert await worker.report() == 1
    assert await worker.report() == 0


async def test_stopping_takes_back_what_waits_for_a_digest_too(school: Parish, clock: FixedClock) -> None:
    async with school.database.transaction(school.school_id) as tx:
        await school.core.preferences.set_default(tx, Preference(MessageKind.NEWS, Mode.DIGEST))
    stopped, goes_on = await school.announce(), await school.announce()
    worker, service = school.worker(), school.core.broadcasts
    await worker.once()
    assert await worker.report() == 0, "it is not over while somebody is still to read it"
    async with school.database.transaction(school.school_id) as tx:
        assert (await service.progress(tx, stopped.id)).open == 6
        assert await service.stop(tx, stopped.id, "staff:y") == 6
    clock.advance(timedelta(hours=24))
    await school.core.digests.once()
    async with school.database.transaction(school.school_id) as tx:
        told = await school.core.notifications.list_recent(tx)
        assert (await service.progress(tx, goes_on.id)).percent == 100
    assert [len(one.params["items"]) for one in told] == [1] * 6
    assert await worker.report() == 2


async def test_a_draft_is_confirmed_once_in_time_and_for_somebody(school: Parish, clock: FixedClock) -> None:
    made = await school.draft()
    lonely = await school.draft(Audience(AudienceKind.CLASS, (str(new_id()),)))
    service = school.core.broadcasts
    async with school.database.transaction(school.school_id) as tx:
        for at in (clock.now() - timedelta(minutes=1), clock.now() + timedelta(days=61)):
            with pytest.raises(BadBroadcastError):
                await service.confirm(tx, made.id, "staff:y", at)
        with pytest.raises(EmptyAudienceError):
            await service.confirm(tx, lonely.id, "staff:y")
        await service.confirm(tx, made.id, "staff:y")
        with pytest.raises(BroadcastStateError):
            await service.confirm(tx, made.id, "staff:y")
        with pytest.raises(BroadcastNotFoundError):
            await service.confirm(tx, new_id(), "staff:y")
    async with school.database.transaction(SchoolId(new_id())) as other:
        with pytest.raises(BroadcastNotFoundError):
            await service.get(other, made.id)


@pytest.mark.parametrize(("title", "text"), [("", "x"), ("x", " "), ("x" * 101, "x"), ("x", "x" * 1501)])
def test_an_announcement_has_a_title_and_a_text_of_a_length(title: str, text: str) -> None:
    with pytest.raises(BadBroadcastError):
        Draft(Kind.NOTICE, title, text, Audience(AudienceKind.SCHOOL))


def test_grades_and_classes_are_named_where_they_mean_something() -> None:
    for kind in (AudienceKind.GRADE, AudienceKind.CLASS):
        with pytest.raises(BadBroadcastError):
            Audience(kind)
    with pytest.raises(BadBroadcastError):
        Audience(AudienceKind.SCHOOL, ("6",))
    assert [grade_of(name) for name in ("6A", "10A2", "Lá", "1/2", "6²", "²A")] == [
        *("6", "10", "", "1", "6", "")
    ]


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_it_is_whole_only_when_nothing_is_open(sent: int, parked: int, expired: int, queued: int) -> None:
    draft = Draft(Kind.NOTICE, "a", "b", Audience(AudienceKind.SCHOOL))
    for status in (Status.RUNNING, Status.SENT):
        now = datetime(2026, 1, 1, tzinfo=UTC)
        broadcast = Broadcast(
            id=new_id(), draft=draft, status=status, created_by="x", created_at=now, confirmed_by=None,
            starts_at=now, people=1, messages=1, unreached=0, expanded_at=None, stopped_at=None, report=None,
        )  # fmt: skip
        report = DeliveryReport(queued=queued, sent=sent, parked=parked, expired=expired)
        percent = Progress(broadcast, report).percent
        assert 0 <= percent <= 100
        assert (percent == 100) == (status is Status.SENT and queued == 0)
