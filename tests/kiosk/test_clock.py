"""The core's time goes on while the network is away, whatever is done to the machine's clock meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.app import build_kiosk
from kiosk.clock import CoreTime, Counted
from kiosk.face.check import LiveFaceCheck
from kiosk.reader import PcscCards
from kiosk.settings import KioskSettings

MIDNIGHT = datetime(2026, 11, 22, 0, 5, tzinfo=UTC)


@dataclass
class Machine:
    """A machine whose clock can be set; the seconds since it was started cannot."""

    instant: datetime = MIDNIGHT
    counted: float = 100.0

    def now(self) -> datetime:
        return self.instant

    def steady(self) -> float:
        return self.counted

    def goes_on(self, seconds: float) -> None:
        self.instant += timedelta(seconds=seconds)
        self.counted += seconds


@pytest.mark.parametrize("off", [timedelta(0), timedelta(days=1), timedelta(days=-400)])
@pytest.mark.parametrize(
    "by", [timedelta(minutes=-10), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)]
)
def test_a_clock_that_is_set_while_the_core_is_away_changes_nothing_that_is_told(
    off: timedelta, by: timedelta
) -> None:
    machine = Machine()
    time = CoreTime(machine, steady=machine.steady)
    core = machine.now() + off
    time.learn(core, sent_at=machine.now(), received_at=machine.now())
    machine.goes_on(3600)
    machine.instant += by
    machine.goes_on(60)
    assert abs(time.now() - (core + timedelta(seconds=3660))) <= timedelta(seconds=2)


@pytest.mark.parametrize("off", [timedelta(0), timedelta(hours=9), timedelta(days=400), timedelta(days=-400)])
def test_what_happened_before_the_cores_time_was_known_is_put_right_once_it_is(off: timedelta) -> None:
    machine = Machine()
    time = CoreTime(machine, steady=machine.steady)
    happened, counted = time.now(), time.unsure()
    assert counted is not None
    machine.goes_on(1800)
    machine.instant += timedelta(days=3)
    assert time.put_right(happened, counted) == happened, "nothing is known yet"
    core = MIDNIGHT + off + timedelta(seconds=1800)
    time.learn(core, sent_at=machine.now(), received_at=machine.now())
    machine.goes_on(60)
    assert abs(time.put_right(happened, counted) - (MIDNIGHT + off)) <= timedelta(seconds=2)
    assert time.unsure() is None
    assert time.put_right(happened, None) == happened
    assert time.put_right(happened, Counted("another start", counted.seconds)) == happened


def test_who_has_never_heard_the_core_goes_by_the_machines_clock() -> None:
    machine = Machine()
    time = CoreTime(machine, steady=machine.steady)
    machine.instant += timedelta(hours=1)
    assert time.now() == machine.now()


def test_a_clock_that_is_slowed_a_little_is_not_made_up_for() -> None:
    machine = Machine()
    time = CoreTime(machine, steady=machine.steady)
    time.learn(machine.now(), sent_at=machine.now(), received_at=machine.now())
    machine.goes_on(10_000)
    machine.instant += timedelta(seconds=0.4)
    assert time.now() == machine.now()


@pytest.mark.parametrize("off", [timedelta(0), timedelta(minutes=7), timedelta(hours=-9)])
def test_the_core_is_taken_to_have_spoken_in_the_middle_of_the_journey(off: timedelta) -> None:
    machine = Machine()
    time = CoreTime(machine, steady=machine.steady)
    asked = machine.now()
    machine.goes_on(4)
    time.learn(asked + timedelta(seconds=2) + off, sent_at=asked, received_at=machine.now())
    assert time.now() == machine.now() + off


def test_certificates_of_cards_are_judged_by_the_cores_time(tmp_path: Path) -> None:
    kiosk = build_kiosk(KioskSettings(data_dir=tmp_path / "data", camera=str(tmp_path)))
    assert isinstance(kiosk.devices.cards, PcscCards)
    assert kiosk.devices.cards.clock is kiosk.core_time
    if isinstance(kiosk.devices.faces, LiveFaceCheck):
        kiosk.devices.faces.close()
