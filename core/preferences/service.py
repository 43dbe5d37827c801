"""Lets messages pass, keeps them for a daily digest, or drops them, as the person behind a chat chose.

Every message passes here on its way into the outbox (`Notifications.gate`), so no sender has to think of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

import orjson

from core.db.transaction import Tx
from core.notifications.domain import NewNotification, Recipient, Urgency
from core.notifications.ports import Verdict
from core.preferences import repository, waiting
from core.preferences.domain import Kind, Mode, Preference, kind_of
from core.preferences.waiting import CONTENT
from core.values.clock import Clock
from core.vault.keyring import Keyring

_LANE = "preference.lane"
_VERDICTS = {Mode.NOW: Verdict.NOW, Mode.DIGEST: Verdict.LATER, Mode.OFF: Verdict.NEVER}
_SCHOOL = b"school"
"""Stands for the school's own default, where a chat has not chosen."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """What people want to be told, and when."""

    keyring: Keyring = field(repr=False)
    clock: Clock

    async def admit(self, tx: Tx, new: Sequence[NewNotification]) -> tuple[NewNotification, ...]:
        """Those that go out now; the others wait for their digest or are dropped.

        Replies and emergencies always pass, and so does what is of no kind that can be chosen.
        """
        pairs = tuple(zip(new, await self._wanted(tx, new), strict=True))
        kept = [self._item(tx, one, wanted) for one, wanted in pairs if wanted and wanted.mode is Mode.DIGEST]
        if kept:
            await repository.keep(tx, kept)
        return tuple(one for one, wanted in pairs if wanted is None or wanted.mode is Mode.NOW)

    async def judge(self, tx: Tx, new: Sequence[NewNotification]) -> tuple[Verdict, ...]:
        """What `admit` would do with each."""
        return tuple(_VERDICTS[one.mode] if one else Verdict.NOW for one in await self._wanted(tx, new))

    async def _wanted(self, tx: Tx, new: Sequence[NewNotification]) -> list[Preference | None]:
        """How the person wants each of them; None for what nobody chooses about.

        The first of the person's addresses that has a choice decides, so one that was linked later follows the others.
        """
        kinds = [kind_of(one.key) if one.urgency >= Urgency.NEWS else None for one in new]
        asked = [one for one, kind in zip(new, kinds, strict=True) if kind]
        if not asked:
            return [None] * len(new)
        lanes = {way: self._lane(tx, way) for one in asked for way in _ways(one)}
        chosen = await self._chosen(tx, set(lanes.values()))
        wanted: list[Preference | None] = []
        for one, kind in zip(new, kinds, strict=True):
            places = (*(lanes[way] for way in _ways(one)), _SCHOOL) if kind else ()
            found = (chosen[place, kind] for place in places if kind and (place, kind) in chosen)
            wanted.append(next(found, Preference(kind)) if kind else None)
        return wanted

    async def known(self, tx: Tx, dedupe_keys: Sequence[str]) -> frozenset[str]:
        """Those of these dedupe keys that wait for a digest, or were told in one."""
        return frozenset(await repository.known(tx, dedupe_keys))

    async def of(self, tx: Tx, recipient: Recipient) -> tuple[Preference, ...]:
        """How this chat gets each kind: as chosen, else as the school set it, else at once."""
        lane = self._lane(tx, recipient)
        chosen = await self._chosen(tx, {lane})
        return tuple(
            chosen.get((lane, kind)) or chosen.get((_SCHOOL, kind)) or Preference(kind) for kind in Kind
        )

    async def choose(self, tx: Tx, recipients: Sequence[Recipient], wanted: Preference) -> int:
        """Set one kind for all chats of a person, also for what waits for their digest; says how many messages did."""
        lanes, now = [self._lane(tx, one) for one in recipients], self.clock.now()
        await repository.put(tx, lanes, wanted.kind, wanted.mode, wanted.digest_at, now)
        return await waiting.follow(tx, self.keyring.for_school(tx.school_id), lanes, wanted, now)

    async def defaults(self, tx: Tx) -> tuple[Preference, ...]:
        """How those get each kind who have not chosen."""
        chosen = await self._chosen(tx, set())
        return tuple(chosen.get((_SCHOOL, kind)) or Preference(kind) for kind in Kind)

    async def set_default(self, tx: Tx, wanted: Preference) -> None:
        """Set how those get one kind who have not chosen."""
        await repository.put(tx, [_SCHOOL], wanted.kind, wanted.mode, wanted.digest_at, self.clock.now())

    async def kept(self, tx: Tx, dedupe_prefix: str) -> int:
        """How many messages of one cause (`core.notifications.campaigns`) wait for people's digests."""
        return await repository.count_kept(tx, dedupe_prefix)

    async def withdraw(self, tx: Tx, dedupe_prefix: str) -> int:
        """Tell nobody of those that wait for a digest; says how many there were."""
        return await repository.withdraw(tx, dedupe_prefix)

    async def take_back(self, tx: Tx, dedupe_prefixes: Sequence[str]) -> frozenset[str]:
        """The same for many causes; the dedupe keys of what was told in a digest before."""
        return await repository.take_back(tx, dedupe_prefixes)

    async def forget_chat(self, tx: Tx, recipient: Recipient) -> None:
        """Drop what waits for this chat's digest, what was told in one, and what the chat chose."""
        nothing = self.keyring.for_school(tx.school_id).seal("", CONTENT)
        await repository.forget_lane(tx, self._lane(tx, recipient), nothing)

    async def count(self, tx: Tx) -> dict[tuple[Kind, Mode], int]:
        """How many chats chose what."""
        return {
            (Kind(kind), Mode(mode)): total for kind, mode, total in await repository.count_modes(tx, _SCHOOL)
        }

    async def _chosen(self, tx: Tx, lanes: set[bytes]) -> dict[tuple[bytes, Kind], Preference]:
        rows = await repository.list_for(tx, {*lanes, _SCHOOL})
        return {
            (row.lane, Kind(row.kind)): Preference(Kind(row.kind), Mode(row.mode), _whole(row.digest_at))
            for row in rows
        }

    def _item(self, tx: Tx, one: NewNotification, wanted: Preference) -> dict[str, Any]:
        ways = [(way.channel, way.address) for way in _ways(one)]
        about = [(str(part.student_id), part.subject) for part in one.about]
        kept = {"ways": ways, "key": one.key, "params": one.params, "about": about}
        now = self.clock.now()
        return {
            "lane": self._lane(tx, one.recipient),
            "content": self.keyring.for_school(tx.school_id).seal(orjson.dumps(kept).decode(), CONTENT),
            "dedupe_key": one.dedupe_key,
            "due_at": wanted.due_at(max(now, one.not_before or now)),
            "kept_at": now,
        }

    def _lane(self, tx: Tx, recipient: Recipient) -> bytes:
        keys = self.keyring.for_school(tx.school_id)
        return keys.blind_index(f"{recipient.channel}\x00{recipient.address}", _LANE)


def _ways(one: NewNotification) -> tuple[Recipient, ...]:
    return one.recipient, *one.fallbacks


def _whole(at: time) -> time:
    return at.replace(second=0, microsecond=0)
