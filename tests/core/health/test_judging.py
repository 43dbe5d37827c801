"""What each known trouble of a school's system looks like on the page, and that a sound one is all well."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from core.devices.domain import Device
from core.health.domain import Certificate, Machine, Seen, Sign, State, judge
from core.inbox.domain import InboxHealth
from core.notifications.domain import ChannelHealth
from core.values.ids import DeviceId, SchoolId, new_id

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
DAY = timedelta(days=1)
AGO = NOW - 30 * DAY


def kiosk(silent: timedelta = timedelta(0), spooled: int = 0) -> Device:
    return Device(DeviceId(new_id()), SchoolId(new_id()), "Cổng", b"", AGO, NOW - silent, spooled=spooled)


def sign(name: str, failure: str = "", seen_at: datetime = NOW) -> Sign:
    return Sign(name, failure, AGO, seen_at)


def machine(used: int = 50, **changes: Any) -> Machine:
    return Machine(100 - used, 100, True, (Certificate("truong.example", NOW + 60 * DAY),), **changes)


SIGNS = (sign("bot"), sign("backup"), sign("channel:telegram"), sign("channel:zalo"))
SOUND = Seen(
    NOW,
    machine(),
    NOW,
    lessons_now=True,
    signs=SIGNS,
    devices=(kiosk(),),
    inbox=InboxHealth(heard_at={"zalo": NOW - DAY}),
)


def without(name: str, *instead: Sign) -> tuple[Sign, ...]:
    return (*(one for one in SIGNS if one.name != name), *instead)


def certificate(**given: Any) -> Machine:
    return replace(machine(), certificates=(Certificate("truong.example", **given),))


def test_a_sound_system_has_nothing_to_mend() -> None:
    assert {one.state for one in judge(SOUND)} == {State.GOOD}


@pytest.mark.parametrize(
    ("changes", "code", "state", "since"),
    [
        ({"signs": without("bot")}, "bot.never", State.BAD, None),
        ({"signs": without("bot", sign("bot", "", AGO))}, "bot.silent", State.BAD, AGO),
        (
            {"signs": without("channel:telegram", sign("channel:telegram", "telegram_token"))},
            "channel.failing",
            State.BAD,
            AGO,
        ),
        (
            {"signs": without("channel:telegram", sign("channel:telegram", "telegram_unreachable"))},
            "channel.away",
            State.BAD,
            AGO,
        ),
        ({"inbox": InboxHealth()}, "channel.deaf", State.WARN, None),
        ({"inbox": InboxHealth(heard_at={"zalo": AGO})}, "channel.deaf", State.WARN, AGO),
        ({"outbox": (ChannelHealth("telegram", late=3, late_since=AGO),)}, "delivery.late", State.BAD, AGO),
        ({"outbox": (ChannelHealth("sms", parked=3),)}, "delivery.parked", State.WARN, None),
        (
            {"inbox": InboxHealth(late=1, late_since=AGO, heard_at={"zalo": NOW})},
            "inbox.late",
            State.BAD,
            AGO,
        ),
        ({"inbox": InboxHealth(parked=1, heard_at={"zalo": NOW})}, "inbox.parked", State.WARN, None),
        ({"devices": (kiosk(2 * DAY),)}, "kiosk.silent", State.BAD, NOW - 2 * DAY),
        ({"devices": (kiosk(2 * DAY),), "lessons_now": False}, "kiosk.silent", State.WARN, NOW - 2 * DAY),
        ({"devices": (kiosk(spooled=4),)}, "kiosk.behind", State.WARN, None),
        ({"signs": without("backup")}, "backup.never", State.BAD, None),
        ({"signs": without("backup", sign("backup", "", AGO))}, "backup.old", State.BAD, AGO),
        ({"machine": machine(used=94)}, "disk.tight", State.WARN, None),
        ({"machine": machine(used=95)}, "disk.full", State.BAD, None),
        ({"database_now": NOW + timedelta(minutes=2)}, "clock.apart", State.BAD, None),
        ({"machine": replace(machine(), clock_is_kept=False)}, "clock.loose", State.WARN, None),
        ({"machine": certificate(failure="expired")}, "certificate.broken", State.BAD, None),
        ({"machine": certificate(ends_at=NOW + 20 * DAY)}, "certificate.ends", State.WARN, None),
        ({"machine": certificate(ends_at=NOW + 6 * DAY)}, "certificate.ends", State.BAD, None),
    ],
)
def test_each_known_trouble_is_found_first_and_alone(
    changes: dict[str, Any], code: str, state: State, since: datetime | None
) -> None:
    first, *others = judge(replace(SOUND, **changes))
    assert (first.code, first.state, first.since) == (code, state, since)
    silent = code.startswith("bot.")
    assert silent or {one.state for one in others} == {State.GOOD}


def test_a_channel_that_the_settings_left_out_since_is_not_spoken_of() -> None:
    gone = replace(SOUND, signs=without("channel:telegram", sign("channel:telegram", "telegram_token", AGO)))
    assert {one.state for one in judge(gone)} == {State.GOOD}
