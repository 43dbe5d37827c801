"""From what was seen of the programs, the kiosks and the machine: what is well, and what is wrong since when. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum

from core.devices.domain import Device
from core.inbox.domain import InboxHealth
from core.notifications.domain import ChannelHealth

BOT, BACKUP, CHANNEL = "bot", "backup", "channel:"
"""The names of signs; the channel's own follows the last."""
BOT_SILENT = timedelta(minutes=3)
KIOSK_SILENT = timedelta(minutes=10)
DEAF = timedelta(days=7)
BACKUP_OLD = timedelta(days=7)
CLOCK_APART = timedelta(minutes=1)
CERTIFICATE_SOON, CERTIFICATE_NOW = timedelta(days=21), timedelta(days=7)
DISK_TIGHT, DISK_FULL = 0.85, 0.95
HEARD_BY_WEBHOOK = frozenset({"zalo"})
"""Channels that cannot be asked whether they reach us: only what came in tells."""

_AWAY = ("_unreachable", "_unavailable", "_429", "_rate", "TimeoutError")
"""How failures end that lie between us and the channel: no token and no setting of ours mends them."""


class State(IntEnum):
    """How a thing stands (tình trạng)."""

    GOOD = 0
    WARN = 1
    BAD = 2


@dataclass(frozen=True, slots=True)
class Sign:
    """What a program said of itself last; an empty `failure` is well (dấu hiệu)."""

    name: str
    failure: str
    since: datetime
    seen_at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificate of one of our addresses: when it ends, or why it cannot be trusted (chứng chỉ)."""

    host: str
    ends_at: datetime | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """What the core sees of the machine that it runs on (máy chủ)."""

    free_bytes: int
    total_bytes: int
    clock_is_kept: bool | None = None
    """Whether the kernel's clock follows a time server; None where the machine does not say."""
    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """Everything that a judgement needs."""

    now: datetime
    machine: Machine
    database_now: datetime
    lessons_now: bool = False
    """Whether kiosks must be awake: a day that may have lessons, between opening and evening."""
    signs: Sequence[Sign] = ()
    devices: Sequence[Device] = ()
    inbox: InboxHealth = field(default_factory=InboxHealth)
    outbox: Sequence[ChannelHealth] = ()

    def sign(self, name: str) -> Sign | None:
        """What was said under a name."""
        return next((one for one in self.signs if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the page; `code` names its words, `since` when it began (kết quả)."""

    code: str
    state: State
    since: datetime | None = None
    params: Mapping[str, object] = field(default_factory=dict)


def judge(seen: Seen) -> tuple[Finding, ...]:
    """Every part of the system, the worst first.

    >>> from datetime import UTC
    >>> now = datetime(2026, 11, 23, 1, tzinfo=UTC)
    >>> found = judge(Seen(now, Machine(free_bytes=2, total_bytes=100), now))
    >>> [one.code for one in found if one.state is State.BAD]
    ['bot.never', 'backup.never', 'disk.full']
    """
    parts = (_bot, _channels, _inbox, _kiosks, _backup, _disk, _clock, _certificates)
    found = [one for part in parts for one in part(seen)]
    return tuple(sorted(found, key=lambda one: -one.state))


def _bot(seen: Seen) -> Iterator[Finding]:
    sign = seen.sign(BOT)
    if sign is None:
        yield Finding("bot.never", State.BAD)
    elif seen.now - sign.seen_at > BOT_SILENT:
        yield Finding("bot.silent", State.BAD, sign.seen_at)
    else:
        yield Finding("bot.well", State.GOOD)


def _channels(seen: Seen) -> Iterator[Finding]:
    """Channels that the bot has in use; of one that the settings left out since, the sign is old."""
    bot = seen.sign(BOT)
    backlogs = {one.channel: one for one in seen.outbox}
    used = [
        one
        for one in seen.signs
        if bot and one.name.startswith(CHANNEL) and bot.seen_at - one.seen_at <= BOT_SILENT
    ]
    for one in used:
        name = one.name.removeprefix(CHANNEL)
        heard = seen.inbox.heard_at.get(name)
        if one.failure:
            params = {"channel": name, "failure": one.failure, "detail": one.detail}
            away = one.failure.endswith(_AWAY)
            yield Finding("channel.away" if away else "channel.failing", State.BAD, one.since, params)
        elif name in HEARD_BY_WEBHOOK and (heard is None or seen.now - heard > DEAF):
            yield Finding("channel.deaf", State.WARN, heard, {"channel": name, "detail": one.detail})
        elif name not in backlogs:
            yield Finding("channel.well", State.GOOD, None, {"channel": name})
    for backlog in backlogs.values():
        params = {"channel": backlog.channel, "failure": backlog.failure}
        if backlog.late:
            late = params | {"count": backlog.late}
            yield Finding("delivery.late", State.BAD, backlog.late_since, late)
        if backlog.parked:
            yield Finding("delivery.parked", State.WARN, None, params | {"count": backlog.parked})


def _inbox(seen: Seen) -> Iterator[Finding]:
    inbox = seen.inbox
    if inbox.late:
        yield Finding("inbox.late", State.BAD, inbox.late_since, {"count": inbox.late})
    if inbox.parked:
        yield Finding("inbox.parked", State.WARN, inbox.parked_since, {"count": inbox.parked})
    if not inbox.late and not inbox.parked:
        yield Finding("inbox.well", State.GOOD)


def _kiosks(seen: Seen) -> Iterator[Finding]:
    trusted = [one for one in seen.devices if one.revoked_at is None]
    if not trusted:
        yield Finding("kiosk.none", State.GOOD)
    for one in trusted:
        params: dict[str, object] = {"name": one.name, "count": one.spooled or 0}
        if seen.now - one.last_seen_at > KIOSK_SILENT:
            state = State.BAD if seen.lessons_now else State.WARN
            yield Finding("kiosk.silent", state, one.last_seen_at, params)
        elif one.spooled:
            yield Finding("kiosk.behind", State.WARN, None, params)
        else:
            yield Finding("kiosk.well", State.GOOD, None, params)


def _backup(seen: Seen) -> Iterator[Finding]:
    sign = seen.sign(BACKUP)
    if sign is None:
        yield Finding("backup.never", State.BAD)
    elif seen.now - sign.seen_at > BACKUP_OLD:
        yield Finding("backup.old", State.BAD, sign.seen_at)
    else:
        yield Finding("backup.well", State.GOOD, sign.seen_at)


def _disk(seen: Seen) -> Iterator[Finding]:
    machine = seen.machine
    used = 1 - machine.free_bytes / machine.total_bytes
    params = {"percent": int(100 * used), "free_gb": machine.free_bytes / 2**30}
    tight = State.WARN if used >= DISK_TIGHT else State.GOOD
    state = State.BAD if used >= DISK_FULL else tight
    yield Finding(("disk.well", "disk.tight", "disk.full")[state], state, None, params)


def _clock(seen: Seen) -> Iterator[Finding]:
    apart = abs(seen.now - seen.database_now)
    if apart > CLOCK_APART:
        yield Finding("clock.apart", State.BAD, None, {"seconds": int(apart.total_seconds())})
    elif seen.machine.clock_is_kept is False:
        yield Finding("clock.loose", State.WARN)
    else:
        yield Finding("clock.well", State.GOOD)


def _certificates(seen: Seen) -> Iterator[Finding]:
    for one in seen.machine.certificates:
        params = {"host": one.host, "failure": one.failure, "ends_at": one.ends_at}
        if one.ends_at is None:
            yield Finding("certificate.broken", State.BAD, None, params)
            continue
        left = one.ends_at - seen.now
        soon = State.WARN if left <= CERTIFICATE_SOON else State.GOOD
        state = State.BAD if left <= CERTIFICATE_NOW else soon
        yield Finding("certificate.ends" if state else "certificate.well", state, None, params)
