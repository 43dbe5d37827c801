"""Hours without network: what is told is provisional, no doubt passes, and the roster is sealed and has an end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from core.contracts.roster import Roster, RosterExam, RosterPupil, fingerprint
from kiosk.errors import RefusedError, UnreachableError
from kiosk.offline import provisional
from kiosk.session.values import VerdictKind
from kiosk.uplink.roster import FILE, KEY_FILE, KnownRoster, RosterKeeper
from tests.kiosk.support.machine import report

AN, STRANGER = "001315012345", "001315099999"
NOW = datetime.fromisoformat("2026-11-21T07:00:00+07:00")
EXAM, OTHER = UUID(int=3), UUID(int=4)
SALT = "c2FsdA=="


@dataclass
class At:
    instant: datetime = NOW

    def now(self) -> datetime:
        return self.instant


@dataclass
class Line:
    """A core that gives rosters, or does not."""

    given: list[Roster | Exception] = field(default_factory=list)

    async def roster(self) -> Roster:
        one = self.given.pop(0)
        if isinstance(one, Exception):
            raise one
        return one


def roster(**changes: Any) -> Roster:
    pupil = RosterPupil(student_id=UUID(int=1), key=fingerprint(SALT, AN), given_name="Ân", exams=(EXAM,))
    door = RosterExam(
        session_id=EXAM, opens_at=NOW - timedelta(minutes=20), closes_at=NOW + timedelta(minutes=20)
    )
    base: dict[str, Any] = {
        "issued_at": NOW,
        "valid_until": NOW + timedelta(hours=20),
        "salt": SALT,
        "pupils": (pupil,),
        "exams": (door,),
    }
    return Roster.model_validate(base | changes)


KNOWN = KnownRoster(roster())


def files_in(folder: Path) -> list[Path]:
    return list(folder.iterdir())


@pytest.mark.parametrize(
    ("changes", "kind", "reason"),
    [
        ({}, VerdictKind.RECORDED, "offline"),
        ({"citizen_id": STRANGER}, VerdictKind.NEEDS_STAFF, "offline_unknown"),
        ({"face": "mismatch"}, VerdictKind.NEEDS_STAFF, "offline_face"),
        ({"face": "unsure"}, VerdictKind.NEEDS_STAFF, "offline_face"),
        ({"liveness_passed": False}, VerdictKind.NEEDS_STAFF, "offline_face"),
        ({"face": "not_done", "liveness_passed": None}, VerdictKind.RECORDED, "offline"),
        (
            {"face": "not_done", "identified_by": "qr", "chip": "not_read"},
            VerdictKind.NEEDS_STAFF,
            "face_needed",
        ),
        ({"chip": "cloned_or_altered"}, VerdictKind.REFUSED, "card_altered"),
        ({"mode": "exam"}, VerdictKind.RECORDED, "offline"),
        ({"mode": "exam", "exam_session_id": EXAM}, VerdictKind.RECORDED, "offline"),
        ({"mode": "exam", "exam_session_id": OTHER}, VerdictKind.NEEDS_STAFF, "offline_not_on_list"),
        ({"mode": "exam", "face": "not_done"}, VerdictKind.NEEDS_STAFF, "face_needed"),
        ({"mode": "visitor"}, VerdictKind.NEEDS_STAFF, "visitor"),
    ],
)
def test_without_network_only_what_is_clear_is_waved_through(
    changes: dict[str, Any], kind: VerdictKind, reason: str
) -> None:
    told = provisional(report(**changes), KNOWN, NOW)
    assert (told.kind, told.reason) == (kind, reason)
    assert (told.name == "Ân") == (kind is VerdictKind.RECORDED)
    assert "Ân" not in repr(told)


def test_without_a_roster_a_doubt_still_goes_to_staff() -> None:
    assert provisional(report(), None, NOW).kind is VerdictKind.RECORDED
    assert provisional(report(face="mismatch"), None, NOW).kind is VerdictKind.NEEDS_STAFF


def test_an_exams_door_is_open_only_in_its_time() -> None:
    late = NOW + timedelta(hours=1)
    assert provisional(report(mode="exam"), KNOWN, late).reason == "offline_not_on_list"


def test_a_roster_survives_a_restart_and_nothing_of_it_lies_in_the_clear(tmp_path: Path) -> None:
    RosterKeeper(tmp_path, At()).keep(roster())
    raw = (tmp_path / FILE).read_bytes()
    assert "Ân".encode() not in raw
    assert fingerprint(SALT, AN).encode() not in raw
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    again = RosterKeeper(tmp_path, At())
    again.load()
    known = again.current()
    assert known is not None
    assert known.roster == roster()


def test_a_kiosk_that_was_carried_away_has_a_roster_that_nobody_opens(tmp_path: Path) -> None:
    disk, memory = tmp_path / "disk", tmp_path / "memory"
    disk.mkdir()
    memory.mkdir()
    RosterKeeper(disk, At(), key_folder=memory).keep(roster())
    assert [path.name for path in disk.iterdir()] == [FILE], "the key never touches the disk"
    restarted = RosterKeeper(disk, At(), key_folder=memory)
    restarted.load()
    assert restarted.current() is not None
    (memory / KEY_FILE).unlink()  # what losing power does to memory
    stolen = RosterKeeper(disk, At(), key_folder=memory)
    stolen.load()
    assert stolen.current() is None
    stolen.keep(roster())
    assert stolen.current() is not None, "back at school it fetches another"
    stolen.forget()
    assert list(tmp_path.rglob("*.*")) == []


def test_at_its_end_a_roster_and_its_key_are_deleted(tmp_path: Path) -> None:
    at = At()
    keeper = RosterKeeper(tmp_path, at)
    keeper.keep(roster())
    at.instant = NOW + timedelta(hours=20)
    assert keeper.current() is None
    assert list(tmp_path.iterdir()) == []
    late = RosterKeeper(tmp_path, at)
    late.load()
    assert late.current() is None


async def test_a_roster_ends_in_time_though_nobody_comes_and_the_core_is_away(tmp_path: Path) -> None:
    at, heard = At(), list[KnownRoster | None]()
    keeper = RosterKeeper(tmp_path, at, heard.append)
    keeper.keep(roster())
    at.instant = NOW + timedelta(hours=20)
    assert not await keeper.refresh(Line([UnreachableError("503")]))
    assert files_in(tmp_path) == []
    assert heard == [None]


@pytest.mark.parametrize("damage", [b"", b"short", b"x" * 400])
def test_a_damaged_roster_is_no_roster_and_no_crash(tmp_path: Path, damage: bytes) -> None:
    RosterKeeper(tmp_path, At()).keep(roster())
    (tmp_path / FILE).write_bytes(damage)
    keeper = RosterKeeper(tmp_path, At())
    keeper.load()
    assert keeper.current() is None


async def test_a_failure_keeps_the_old_roster_and_a_revoked_kiosk_forgets_it(tmp_path: Path) -> None:
    heard: list[KnownRoster | None] = []
    keeper = RosterKeeper(tmp_path, At(), heard.append)
    line = Line([roster(), UnreachableError("503"), RefusedError(403, "devices.revoked")])
    assert await keeper.refresh(line)
    assert not await keeper.refresh(line)
    assert keeper.current() is not None
    assert not await keeper.refresh(line)
    assert keeper.current() is None
    assert heard[-1] is None
