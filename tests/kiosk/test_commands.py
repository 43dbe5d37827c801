"""The verbs, as an operator calls them: a process of its own, one line of JSON, a clear error."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from pathlib import Path
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from core.contracts.checkin import EnrolmentReceipt
from kiosk.clock import SystemClock
from kiosk.errors import SettingsError
from kiosk.settings import load_settings
from kiosk.uplink.identity import keep_identity
from kiosk.uplink.spool import IN_USE, Spool
from tests.kiosk.support.machine import report
from tests.kiosk.support.peer import CODE, core_peer
from tests.kiosk.support.program import started


def other_school(folder: Path) -> None:
    """The kiosk was another school's before, with a report that waits."""
    receipt = {
        "device_id": uuid4(),
        "school_id": uuid4(),
        "school_name": "Cũ",
        "server_time": SystemClock().now(),
    }
    known = EnrolmentReceipt.model_validate(receipt)
    keep_identity(folder, Ed25519PrivateKey.generate(), known, "http://127.0.0.1:9")
    spool = Spool(folder / "spool")
    spool.add(report())
    spool.close()


async def test_a_kiosk_is_enrolled_serves_and_stops_at_a_signal(tmp_path: Path) -> None:
    async with core_peer() as peer:
        settings = {"core_url": peer.url, "data_dir": str(tmp_path), "emulated": "1"}
        other_school(tmp_path)
        enrolment = await started("enrol", "--code", CODE, "--json", **settings)
        said, told = await enrolment.communicate()
        assert json.loads(said)["device_id"] == str(peer.device_id)
        assert "máy không gửi cho trường mới" in told.decode()
        assert not (tmp_path / "spool").exists()

        serving = await started("serve", "--json", "--port", "0", **settings)
        assert serving.stdout is not None
        line = await asyncio.wait_for(serving.stdout.readline(), 30)
        assert json.loads(line)["url"].startswith("http://127.0.0.1:")
        serving.send_signal(signal.SIGTERM)
        _, log = await asyncio.wait_for(serving.communicate(), 15)
        assert serving.returncode == 0, log
        assert b"Traceback" not in log


async def test_a_second_kiosk_at_the_same_port_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        serving = await started("serve", "--port", str(port), data_dir=str(tmp_path), emulated="1")
        _, told = await asyncio.wait_for(serving.communicate(), 30)
    assert serving.returncode == 1
    assert f"127.0.0.1:{port}: không mở được trang của máy" in told.decode()
    assert b"Traceback" not in told


async def test_a_wrong_code_is_refused_with_a_sentence(tmp_path: Path) -> None:
    async with core_peer() as peer:
        settings = {"core_url": peer.url, "data_dir": str(tmp_path)}
        enrolment = await started("enrol", "--code", "WRONG", **settings)
        _, said = await enrolment.communicate()
        assert enrolment.returncode == 1
        assert "Xin mã mới" in said.decode()


async def test_a_second_kiosk_on_the_same_spool_ends_with_a_sentence(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    second = await started(
        "serve", "--port", "0", core_url="http://127.0.0.1:9", data_dir=tmp_path, emulated="1"
    )
    _, said = await asyncio.wait_for(second.communicate(), 30)
    spool.close()
    assert second.returncode == 1
    assert said.decode().splitlines()[-1] == f"kiosk.spool: {IN_USE}"
    assert b"Traceback" not in said


async def test_a_spool_in_use_can_be_looked_at_and_is_changed_by_nobody_else(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    looking = await started("spool", core_url="http://127.0.0.1:9", data_dir=tmp_path)
    told, _ = await looking.communicate()
    changing = await started("spool", "--checked", core_url="http://127.0.0.1:9", data_dir=tmp_path)
    _, refused = await changing.communicate()
    spool.close()
    assert (json.loads(told)["waiting"], looking.returncode) == (0, 0)
    assert (refused.decode().strip(), changing.returncode) == (f"kiosk.spool: {IN_USE}", 1)


async def test_the_doctor_names_what_is_wrong_and_how_to_mend_it(tmp_path: Path) -> None:
    doctor = await started(
        "doctor", "--json", core_url="http://127.0.0.1:9", data_dir=str(tmp_path), emulated="1"
    )
    said, _ = await doctor.communicate()
    found = {one["part"]: one for one in json.loads(said)}
    assert doctor.returncode == 1
    assert found["network"]["state"] == "bad"
    assert found["identity"]["mend"].endswith("congtruong kiosk enrol")
    assert found["disk"]["state"] in {"ok", "bad"}


def test_a_wrong_setting_is_named_and_its_value_is_not_repeated() -> None:
    with pytest.raises(SettingsError, match="CONGTRUONG_KIOSK_CORE_URL") as raised:
        load_settings(core_url="ftp://secret")
    assert "secret" not in str(raised.value)


def test_an_unreadable_pupils_file_is_a_settings_error(tmp_path: Path) -> None:
    from kiosk.emulated.people import load_people

    broken = tmp_path / "pupils.json"
    broken.write_text('[{"full_name": "Ai Đó", "citizen_id": "12"}]', "utf-8")
    with pytest.raises(SettingsError, match="PUPILS_FILE"):
        load_people(broken)
    broken.write_text('{"pupils": [{"full_name": "Ai Đó", "citizen_id": "001315012345"}]}', "utf-8")
    assert load_people(broken)[0].number.masked.endswith("345")
