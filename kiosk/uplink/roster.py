"""The roster on this machine's disk: fetched while there is network, sealed, forgotten at its end.

The key lies in a folder that is only memory, where the service manager gives one: a kiosk that was carried away, and
so was without power, has a roster that nobody opens. Else it lies beside the roster with mode 0600, and protects a
copied or discarded file only (docs/kiosk.md says what a thief finds).
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol
from uuid import UUID

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError

from core.contracts.citizen_id import CitizenId
from core.contracts.roster import Roster, RosterPupil, fingerprint
from kiosk.clock import Clock
from kiosk.errors import KioskError, RefusedError
from kiosk.uplink.journal import KEY_BYTES, replace_file

_log = structlog.get_logger()
FILE, KEY_FILE = "roster.sealed", "roster.key"
EVERY_SECONDS = 600.0
_SOON_SECONDS = 30.0
_NONCE_BYTES = 12
_LABEL = b"congtruong-roster-1"
_KIOSK_ITSELF = frozenset({401, 403})


class RosterLine(Protocol):
    """The way to the core for rosters; `CoreClient` is one."""

    async def roster(self) -> Roster:
        """The school's roster; raises RefusedError or UnreachableError."""
        ...


class KnownRoster:
    """A roster that can be asked (danh sách đã có)."""

    def __init__(self, roster: Roster) -> None:
        """Index it."""
        self.roster = roster
        self._by_key = {pupil.key: pupil for pupil in roster.pupils if pupil.key is not None}
        self._by_id = {pupil.student_id: pupil for pupil in roster.pupils}
        self.exams = {exam.session_id: exam for exam in roster.exams}

    def by_number(self, number: CitizenId) -> RosterPupil | None:
        """The pupil with this citizen number."""
        return self._by_key.get(fingerprint(self.roster.salt, number.value))

    def by_id(self, student_id: UUID) -> RosterPupil | None:
        """The pupil with this id."""
        return self._by_id.get(student_id)

    def ended(self, now: datetime) -> bool:
        """Whether it must be forgotten."""
        return now >= self.roster.valid_until


@dataclass(slots=True)
class RosterKeeper:
    """Keeps the newest roster, on the disk and in memory (giữ danh sách)."""

    folder: Path
    core_time: Clock
    on_change: Callable[[KnownRoster | None], None] = lambda _roster: None
    key_folder: Path | None = None
    """Where the key lies, if not beside the roster."""
    _known: KnownRoster | None = field(default=None, repr=False)

    def load(self) -> None:
        """Take up what lies on the disk; what is damaged or ended is deleted."""
        try:
            self._known = self.peek()
        except FileNotFoundError:
            return
        except (OSError, ValueError, InvalidTag, ValidationError) as error:
            _log.warning("roster_unreadable", kind=type(error).__name__)
            self.forget()
            return
        self.on_change(self.current())

    def peek(self) -> KnownRoster:
        """What lies on the disk, whether it has ended or not; nothing is changed.

        Raises:
            OSError, ValueError, InvalidTag, ValidationError: when there is none, or it is damaged.
        """
        sealed, key = (self.folder / FILE).read_bytes(), self._key_path.read_bytes()
        plain = AESGCM(key).decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _LABEL)
        return KnownRoster(Roster.model_validate_json(plain))

    def current(self) -> KnownRoster | None:
        """The roster, unless there is none or its time has run out; then it is forgotten."""
        if self._known is not None and self._known.ended(self.core_time.now()):
            self.forget()
        return self._known

    def keep(self, roster: Roster) -> None:
        """Seal it, write it, use it from now on."""
        key = self._key()
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + AESGCM(key).encrypt(nonce, roster.model_dump_json().encode(), _LABEL)
        replace_file(self.folder / FILE, sealed)
        self._known = KnownRoster(roster)

    def forget(self) -> None:
        """Delete it, with the key that could still open a copy."""
        self._known = None
        for path in (self.folder / FILE, self._key_path):
            path.unlink(missing_ok=True)
        self.on_change(None)

    async def run(self, line: RosterLine) -> None:
        """Fetch until cancelled: soon again after a failure, now and then after a success."""
        while True:
            fresh = await self.refresh(line)
            await asyncio.sleep(EVERY_SECONDS if fresh else _SOON_SECONDS)

    async def refresh(self, line: RosterLine) -> bool:
        """Fetch once; whether there is a fresh roster now. One whose time has run out is forgotten, visit or not."""
        fresh = await self._fetched(line)
        known = self.current()
        if fresh:
            self.on_change(known)
        return fresh

    async def _fetched(self, line: RosterLine) -> bool:
        """Whether a roster came. A kiosk that is trusted no more forgets at once."""
        try:
            await asyncio.to_thread(self.keep, await line.roster())
        except RefusedError as error:
            _log.warning("roster_refused", status=error.status, reason=error.reason)
            if error.status in _KIOSK_ITSELF:
                self.forget()
            return False
        except (KioskError, OSError) as error:
            _log.info("roster_not_fetched", kind=type(error).__name__)
            return False
        return True

    @property
    def _key_path(self) -> Path:
        return (self.key_folder or self.folder) / KEY_FILE

    def _key(self) -> bytes:
        path = self._key_path
        if not path.exists() or len(path.read_bytes()) != KEY_BYTES:
            replace_file(path, os.urandom(KEY_BYTES))
        return path.read_bytes()
