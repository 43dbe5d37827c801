"""The spool keeps what it acknowledged, whatever happens to its files."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest

import kiosk.uplink.spool as spools
from kiosk.errors import SpoolError
from kiosk.uplink.journal import replace_file, scan, seal
from kiosk.uplink.records import recover
from kiosk.uplink.spool import COMPACT_AT_BYTES, COPIES, IN_USE, KEY_FILE, Spool, peek
from tests.kiosk.support.damage import spoil, spoil_both
from tests.kiosk.support.machine import report


@pytest.fixture
def filled(tmp_path: Path) -> tuple[Path, list[str]]:
    """A spool with one sent, one parked and two waiting reports; the ids that still wait."""
    spool = Spool(tmp_path / "spool")
    reports = [report() for _ in range(4)]
    for one in reports:
        spool.add(one)
    spool.done(reports[0].report_id)
    spool.park(reports[1].report_id, "422 checkins.bad")
    spool.close()
    return tmp_path / "spool", [str(one.report_id) for one in reports[2:]]


def after(folder: Path, name: str, damaged: bytes) -> tuple[list[str], int, int]:
    """What a start would find: the ids that wait, how many are parked, how many records are lost."""
    copies = [damaged if copy == name else (folder / copy).read_bytes() for copy in COPIES]
    found = recover((folder / KEY_FILE).read_bytes(), *copies)
    waiting = [str(key) for key, item in found.items.items() if item.parked is None]
    return waiting, len(found.items) - len(waiting), found.recovery.lost_records


@pytest.mark.parametrize("name", COPIES)
def test_a_copy_cut_at_any_byte_loses_nothing(filled: tuple[Path, list[str]], name: str) -> None:
    folder, expected = filled
    whole = (folder / name).read_bytes()
    for length in range(len(whole)):
        assert after(folder, name, whole[:length]) == (expected, 1, 0), length


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("flip", [0x01, 0xFF])
def test_a_copy_spoilt_at_any_byte_loses_nothing(
    filled: tuple[Path, list[str]], name: str, flip: int
) -> None:
    folder, expected = filled
    whole = (folder / name).read_bytes()
    for position in range(len(whole)):
        spoilt = bytearray(whole)
        spoilt[position] ^= flip
        assert after(folder, name, bytes(spoilt)) == (expected, 1, 0), position


@pytest.mark.parametrize("name", COPIES)
def test_a_damaged_copy_is_mended_on_disk_and_put_aside(filled: tuple[Path, list[str]], name: str) -> None:
    folder, expected = filled
    whole = (folder / name).read_bytes()
    (folder / name).write_bytes(whole[: len(whole) // 2] + b"\x00" + whole[len(whole) // 2 + 1 : -3])
    for _ in range(2):
        spool = Spool(folder)
        assert [str(item.report.report_id) for item in spool.waiting()] == expected
        spool.close()
    assert (folder / COPIES[0]).read_bytes() == (folder / COPIES[1]).read_bytes()
    assert (folder / f"{name}.damaged").exists()


def test_a_power_cut_at_any_byte_of_an_append_keeps_what_was_acknowledged(tmp_path: Path) -> None:
    folder = tmp_path / "spool"
    spool = Spool(folder)
    first, second = report(), report()
    spool.add(first)
    before = {name: (folder / name).read_bytes() for name in COPIES}
    spool.add(second)
    spool.close()
    after_both = {name: (folder / name).read_bytes() for name in COPIES}
    key = (folder / KEY_FILE).read_bytes()
    for name, other in ((COPIES[0], before), (COPIES[1], after_both)):
        for length in range(len(before[name]), len(after_both[name])):
            copies = [after_both[name][:length] if copy == name else other[copy] for copy in COPIES]
            found = recover(key, *copies)
            assert next(iter(found.items)) == first.report_id, length
            assert set(found.items) <= {first.report_id, second.report_id}


def test_the_order_is_kept_over_restarts(tmp_path: Path) -> None:
    reports = [report() for _ in range(20)]
    for one in reports:
        spool = Spool(tmp_path)
        spool.add(one)
        spool.close()
    spool = Spool(tmp_path)
    assert [item.report for item in spool.waiting()] == reports
    spool.close()


def test_no_citizen_number_lies_in_the_clear(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(report())
    spool.close()
    for path in tmp_path.iterdir():
        assert b"001315012345" not in path.read_bytes(), path.name
        assert path.stat().st_mode & 0o077 == 0, path.name


def test_a_spool_of_another_key_says_that_records_cannot_be_read(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(report())
    spool.close()
    (tmp_path / KEY_FILE).write_bytes(b"x" * 32)
    again = Spool(tmp_path)
    assert again.recovery.damaged_bytes > 0
    assert (tmp_path / "spool.a.damaged").exists()
    again.close()


def test_sent_reports_are_cleared_out_when_the_files_grow(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    kept = report()
    spool.add(kept)
    sent = report()
    while spool.size_bytes < COMPACT_AT_BYTES - 2000:
        spool._write({"kind": "late", "id": str(sent.report_id), "filler": "x" * 8000})
    spool.add(sent)
    spool.mark_late(kept.report_id)
    spool.done(sent.report_id)
    while spool.size_bytes > COMPACT_AT_BYTES / 2:
        spool.add(sent)
        spool.done(sent.report_id)
    assert [item.outgoing().provisional for item in spool.waiting()] == [True]
    spool.close()
    again = Spool(tmp_path)
    assert [item.report for item in again.waiting()] == [kept]
    assert again.recovery.lost_records == 0
    again.close()


def test_a_long_queue_that_is_sent_is_not_written_anew_at_each_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spools, "COMPACT_AT_BYTES", 1)
    written: list[str] = []

    def replaced(path: Path, data: bytes) -> None:
        written.append(path.name)
        replace_file(path, data)

    spool = Spool(tmp_path)
    waiting = [report() for _ in range(64)]
    for one in waiting:
        spool.add(one)
    monkeypatch.setattr(spools, "replace_file", replaced)
    for number, one in enumerate(waiting, 1):
        spool.done(one.report_id)
        assert len(spool.waiting()) == 64 - number
    assert len(written) <= 2 * 8, "both copies, each time that half was sent"
    smallest = spool.size_bytes
    spool.close()
    assert smallest < 200, "what was sent is gone from the disk"


class FullDisk:
    """A copy whose disk is full."""

    size = 0

    def append(self, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    def cut_back(self, size: int) -> None:
        del size

    def close(self) -> None:
        """Nothing was opened."""


def test_a_full_disk_is_an_error_and_leaves_no_half_report(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(report())
    first, second = spool._journals
    spool._journals = (first, FullDisk())  # type: ignore[assignment]  # stands for the disk
    with pytest.raises(SpoolError, match="No space"):
        spool.add(report())
    assert len(spool.waiting()) == 1
    second.close()
    spool.close()
    again = Spool(tmp_path)
    assert len(again.waiting()) == 1
    again.close()


@pytest.mark.parametrize("name", COPIES)
def test_a_disk_too_full_to_clear_out_goes_on_recording_in_both_copies(tmp_path: Path, name: str) -> None:
    spool = Spool(tmp_path)
    kept, sent, later = report(), report(), report()
    spool.add(kept)
    spool.add(sent)
    while spool.size_bytes <= COMPACT_AT_BYTES:
        spool._write({"kind": "late", "id": str(uuid4()), "filler": "x" * 32_000})
    in_the_way = tmp_path / f"{name}.new"
    in_the_way.mkdir()
    with pytest.raises(SpoolError):
        spool.done(sent.report_id)
    spool.add(later)
    in_the_way.rmdir()
    for copy in COPIES:
        alone = recover((tmp_path / "spool.key").read_bytes(), (tmp_path / copy).read_bytes())
        assert [item.report for item in alone.items.values()] == [kept, later]
    spool.close()
    again = Spool(tmp_path)
    assert [item.report for item in again.waiting()] == [kept, later]
    assert (again.recovery.lost_records, again.recovery.damaged_bytes) == (0, 0)
    again.close()


def test_a_parked_report_can_be_queued_again(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    one = report()
    spool.add(one)
    spool.park(one.report_id, "409 core.conflict")
    assert spool.first() is None
    assert spool.retry_parked() == 1
    assert [item.report for item in spool.waiting()] == [one]
    spool.close()


def records() -> Iterator[bytes]:
    for number in range(3):
        yield seal(b"k" * 32, number, b"record %d" % number)


def test_garbage_between_records_is_skipped() -> None:
    first, second, third = records()
    found = scan(b"k" * 32, b"\x00" * 7 + first + b"garbage" + second[:-1] + third)
    assert sorted(found.records) == [0, 2]
    assert found.damaged_bytes == 7 + 7 + len(second) - 1


def test_what_waits_may_be_counted_while_a_report_is_written_down(tmp_path: Path) -> None:
    spool, ended = Spool(tmp_path), threading.Event()
    for _ in range(200):
        spool.add(report())

    def write() -> None:
        while not ended.is_set():
            one = report()
            spool.add(one)
            spool.done(one.report_id)

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    writer = threading.Thread(target=write)
    writer.start()
    try:
        counted = [len(spool.waiting()) + len(spool.parked()) for _ in range(2000)]
    finally:
        sys.setswitchinterval(before)
        ended.set()
        writer.join()
        spool.close()
    assert set(counted) <= {200, 201}


def test_a_second_program_is_refused_and_whoever_only_looks_disturbs_nothing(tmp_path: Path) -> None:
    spool, reports = Spool(tmp_path), [report(), report()]
    spool.add(reports[0])
    with pytest.raises(SpoolError, match=IN_USE):
        Spool(tmp_path)
    files = {path: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(peek(tmp_path).items) == 1
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == files
    spool.add(reports[1])
    spool.close()
    again = Spool(tmp_path)
    assert [item.report for item in again.waiting()] == reports
    again.close()


def test_a_power_cut_while_two_damaged_copies_are_mended_loses_nothing_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spool, reports = Spool(tmp_path), [report() for _ in range(3)]
    for one in reports:
        spool.add(one)
    spool.close()
    spoil(tmp_path / COPIES[0], 1)
    spoil(tmp_path / COPIES[1], 2)
    left = 0

    def cut(path: Path, target: Path) -> Path:
        nonlocal left
        left -= 1
        if left < 0:
            raise OSError(5, "the power is off")
        return path.rename(target)

    for steps in range(5):
        left = steps
        with monkeypatch.context() as power:
            power.setattr(Path, "replace", cut)
            with suppress(SpoolError):
                Spool(tmp_path).close()
        assert [item.report for item in peek(tmp_path).items.values()] == reports, steps


def test_lost_records_are_counted_until_staff_have_looked_for_them(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    for _ in range(3):
        spool.add(report())
    spool.close()
    spoil_both(tmp_path, 2)
    for _ in range(3):
        spool = Spool(tmp_path)
        assert (spool.recovery.lost_records, len(spool.waiting())) == (1, 2)
        spool.close()
    assert peek(tmp_path).recovery.lost_records == 1
    spool = Spool(tmp_path)
    spool.forget_lost()
    spool.close()
    again = Spool(tmp_path)
    assert (again.recovery.lost_records, len(again.waiting())) == (0, 2)
    again.close()


def test_a_report_of_newer_software_is_an_error_that_repeats_nothing_of_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    sealed = seal(
        (tmp_path / KEY_FILE).read_bytes(), 9, b'{"kind": "report", "report": {"citizen_id": "001315012345"}}'
    )
    spool.close()
    with (tmp_path / COPIES[0]).open("ab") as copy:
        copy.write(sealed)
    with pytest.raises(SpoolError) as raised:
        Spool(tmp_path)
    assert "001315012345" not in "".join(traceback.format_exception(raised.value))
    assert raised.value.__suppress_context__
