"""A kiosk that goes to another school takes nothing of the old one with it, and loses no report."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID, uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.contracts.checkin import EnrolmentReceipt
from kiosk.clock import SystemClock
from kiosk.staff_settings import FILE as STAFF_SETTINGS
from kiosk.staff_settings import StaffSettings, keep_staff_settings
from kiosk.uplink.identity import keep_identity
from kiosk.uplink.moving import leave_school
from kiosk.uplink.roster import FILE, KEY_FILE
from kiosk.uplink.spool import Spool, peek
from tests.kiosk.support.machine import report

HERE, THERE = UUID(int=1), UUID(int=2)


@pytest.fixture
def kiosk(tmp_path: Path) -> Path:
    """The data folder of a kiosk of one school: a report that waits, a roster, faces allowed without a card."""
    receipt = EnrolmentReceipt.model_validate(
        {"device_id": uuid4(), "school_id": HERE, "school_name": "Cũ", "server_time": SystemClock().now()}
    )
    keep_identity(tmp_path, Ed25519PrivateKey.generate(), receipt, "http://127.0.0.1:1")
    keep_staff_settings(tmp_path, StaffSettings(face_alone=True))
    for name in (FILE, KEY_FILE):
        (tmp_path / name).write_bytes(b"names and faces")
    spool = Spool(tmp_path / "spool")
    spool.add(report())
    spool.close()
    return tmp_path


def test_another_school_gets_no_report_no_roster_and_no_permission_of_the_first(kiosk: Path) -> None:
    aside = leave_school(kiosk, THERE)
    assert aside is not None
    assert not any((kiosk / name).exists() for name in (FILE, KEY_FILE, STAFF_SETTINGS, "spool"))
    assert len(peek(aside).items) == 1


def test_enrolled_again_at_the_same_school_a_kiosk_keeps_everything(kiosk: Path) -> None:
    assert leave_school(kiosk, HERE) is None
    assert all((kiosk / name).exists() for name in (FILE, KEY_FILE, STAFF_SETTINGS))
    assert len(peek(kiosk / "spool").items) == 1


def test_a_school_that_is_left_twice_loses_neither_of_its_spools(kiosk: Path) -> None:
    first = leave_school(kiosk, THERE)
    Spool(kiosk / "spool").close()
    second = leave_school(kiosk, THERE)
    assert first is not None
    assert second is not None
    assert first != second
    assert len(peek(first).items) == 1


def test_a_kiosk_that_was_nobodys_leaves_nothing(tmp_path: Path) -> None:
    assert leave_school(tmp_path, HERE) is None
