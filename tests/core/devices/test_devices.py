"""A kiosk over real HTTP: enrolment, signatures, revocation, heartbeat."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import aiohttp
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from core.audit.service import Audit
from core.db.transaction import Database
from core.devices.domain import CODE_VALID_FOR, MOST_ATTEMPTS, DeviceNameError, EnrolmentCode, check_name
from core.devices.routes import SIGNATURE, DeviceRoutes
from core.devices.service import Devices
from core.schools.service import Schools
from core.values.clock import FixedClock
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring
from core.web.openapi import Api
from core.web.server import WebParts, make_app, serving
from tests.core.devices.support import TestKiosk
from tests.core.web.support import capturing_logs

BEAT = {"software": "1.0", "spooled": 3}
PATH = "/api/v1/devices/heartbeat"


@pytest.fixture
async def devices(database: Database, clock: FixedClock, keyring: Keyring, school_id: SchoolId) -> Devices:
    schools = Schools(clock)
    async with database.transaction(school_id) as tx:
        await schools.add(tx, "THCS Hoa Sen")
    return Devices(keyring, clock, schools, Audit(keyring, clock))


@pytest.fixture
async def http(
    database: Database, devices: Devices, clock: FixedClock
) -> AsyncIterator[aiohttp.ClientSession]:
    routes = DeviceRoutes(database, devices, clock)
    api = Api("Test", "/api/v1", routes.operations(), security_schemes=(SIGNATURE,))
    async with serving(make_app(WebParts(apis=(api,)))) as url, aiohttp.ClientSession(url) as session:
        yield session


@pytest.fixture
def kiosk(http: aiohttp.ClientSession, clock: FixedClock) -> TestKiosk:
    return TestKiosk(http, clock)


async def fresh_code(
    database: Database, devices: Devices, school_id: SchoolId, name: str = "Cổng chính"
) -> str:
    async with database.transaction(school_id) as tx:
        return (await devices.issue_enrolment_code(tx, name)).code.shown


@pytest.fixture
async def enrolled(kiosk: TestKiosk, database: Database, devices: Devices, school_id: SchoolId) -> TestKiosk:
    answer = await kiosk.enrol(await fresh_code(database, devices, school_id))
    assert answer.status == 201
    return kiosk


async def test_a_code_enrols_a_kiosk_under_the_name_that_staff_gave(
    enrolled: TestKiosk, database: Database, devices: Devices, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        (device,) = await devices.list_devices(tx)
    assert str(device.id) == enrolled.device_id
    assert device.name == "Cổng chính"
    assert enrolled.key.public_key().public_bytes_raw() == device.public_key


async def test_a_code_typed_carelessly_is_the_same_code(
    kiosk: TestKiosk, database: Database, devices: Devices, school_id: SchoolId
) -> None:
    code = await fresh_code(database, devices, school_id)
    assert (await kiosk.enrol(f" {code.lower().replace('-', ' ')} ")).status == 201


async def test_the_same_kiosk_may_repeat_its_enrolment_and_another_may_not(
    enrolled: TestKiosk, database: Database, devices: Devices, school_id: SchoolId
) -> None:
    code = await fresh_code(database, devices, school_id, "Cổng sau")
    kiosk = TestKiosk(enrolled.http, enrolled.clock)
    first, again = await kiosk.enrol(code), await kiosk.enrol(code)
    assert again.body == first.body
    other = await TestKiosk(kiosk.http, kiosk.clock).enrol(code)
    assert (other.status, other.body["code"]) == (403, "devices.code_refused")


async def test_a_code_is_good_until_the_moment_that_staff_are_told_and_no_longer(
    kiosk: TestKiosk, database: Database, devices: Devices, school_id: SchoolId, clock: FixedClock
) -> None:
    async with database.transaction(school_id) as tx:
        issued = [await devices.issue_enrolment_code(tx, name) for name in ("Cổng", "Sân")]
    assert {one.expires_at for one in issued} == {clock.now() + CODE_VALID_FOR}
    clock.advance(CODE_VALID_FOR - timedelta(seconds=1))
    assert (await kiosk.enrol(issued[0].code.shown)).status == 201
    clock.advance(timedelta(seconds=1))
    assert (await kiosk.enrol(issued[1].code.shown)).body["code"] == "devices.code_refused"


async def test_wrong_guesses_use_up_a_code(
    kiosk: TestKiosk, database: Database, devices: Devices, school_id: SchoolId
) -> None:
    code = await fresh_code(database, devices, school_id)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _ in range(MOST_ATTEMPTS):
        assert (await kiosk.enrol(wrong)).status == 403
    assert (await kiosk.enrol(code)).status == 403


@pytest.mark.parametrize("key", ["", "AAAA", "not base64!", "A" * 44])
async def test_a_bad_public_key_is_refused_and_leaves_the_code_alive(
    kiosk: TestKiosk, database: Database, devices: Devices, school_id: SchoolId, key: str
) -> None:
    code = await fresh_code(database, devices, school_id)
    answer = await kiosk.enrol(code, public_key=key or "=")
    assert (answer.status, answer.body["code"]) == (422, "devices.bad_public_key")
    assert (await kiosk.enrol(code)).status == 201


async def test_a_heartbeat_is_noted_and_tells_the_time(
    enrolled: TestKiosk, database: Database, devices: Devices, school_id: SchoolId, clock: FixedClock
) -> None:
    clock.advance(timedelta(minutes=3))
    answer = await enrolled.post(PATH, BEAT)
    assert answer.status == 200
    assert answer.body["device_name"] == "Cổng chính"
    async with database.transaction(school_id) as tx:
        (device,) = await devices.list_devices(tx)
    assert (device.software, device.spooled, device.last_seen_at) == ("1.0", 3, clock.now())
    assert device.is_online(clock.now())
    assert not device.is_online(clock.now() + timedelta(minutes=3))


async def test_a_signature_of_another_key_body_or_path_is_refused(enrolled: TestKiosk) -> None:
    for answer in (
        await enrolled.post(PATH, BEAT, key=Ed25519PrivateKey.generate()),
        await enrolled.post(PATH, BEAT, sent=b'{"software": "2.0", "spooled": 0}'),
        await enrolled.post(PATH, BEAT, headers={"X-Device-Nonce": "another"}),
        await enrolled.post(PATH, BEAT, headers={"X-Device-Signature": "AAAA"}),
    ):
        assert (answer.status, answer.body["code"]) == (401, "devices.bad_signature")


async def test_an_unknown_device_is_refused(enrolled: TestKiosk) -> None:
    for device_id in (str(new_id()), "nobody", "0" * 5000):
        answer = await enrolled.post(PATH, BEAT, device_id=device_id)
        assert (answer.status, answer.body["code"]) == (401, "devices.unknown")


@pytest.mark.parametrize(
    "headers",
    [{"X-Device-Time": "now"}, {"X-Device-Time": "2026-11-21T00:00:00"}, {"X-Device-Signature": "!"}],
)
async def test_a_malformed_head_is_refused(enrolled: TestKiosk, headers: dict[str, str]) -> None:
    answer = await enrolled.post(PATH, BEAT, headers=headers)
    assert (answer.status, answer.body["code"]) == (401, "devices.unsigned")


@pytest.mark.parametrize("minutes", [-6, 6])
async def test_a_clock_that_is_off_is_told_the_right_time(
    enrolled: TestKiosk, clock: FixedClock, minutes: int
) -> None:
    answer = await enrolled.post(PATH, BEAT, at=clock.now() + timedelta(minutes=minutes))
    assert (answer.status, answer.body["code"]) == (401, "devices.clock_skew")
    assert answer.body["params"] == {"server_time": clock.now().isoformat(), "skew_seconds": minutes * 60}
    assert answer.body["retryable"]


async def test_a_revoked_device_is_refused_and_its_revocation_is_audited(
    enrolled: TestKiosk, database: Database, devices: Devices, school_id: SchoolId
) -> None:
    async with database.transaction(school_id) as tx:
        (device,) = await devices.list_devices(tx)
        await devices.revoke(tx, device.id, actor="staff:1")
        await devices.revoke(tx, device.id, actor="staff:1")
    answer = await enrolled.post(PATH, BEAT)
    assert (answer.status, answer.body["code"]) == (403, "devices.revoked")
    async with database.transaction(school_id) as tx:
        actions = [entry.action for entry in await devices.audit.list_recent(tx)]
    assert actions == ["devices.revoked", "devices.enrolled", "devices.code_issued"]


async def test_no_code_stands_in_the_log(
    kiosk: TestKiosk, database: Database, devices: Devices, school_id: SchoolId
) -> None:
    with capturing_logs() as log:
        code = await fresh_code(database, devices, school_id)
        assert (await kiosk.enrol(code)).status == 201
        assert (await kiosk.enrol("WRONG-CODE")).status == 403
    assert code not in log.text
    assert code.replace("-", "") not in log.text
    assert [event["route"] for event in log.events if event["event"] == "request"] == [
        "/api/v1/devices/enrol"
    ] * 2


@given(st.text(max_size=80))
def test_any_text_is_a_code_or_none(text: str) -> None:
    try:
        code = EnrolmentCode.parse(text)
    except ValueError:
        return
    assert EnrolmentCode.parse(code.shown) == code


@pytest.mark.parametrize("name", ["", "  ", "x" * 81])
def test_a_device_needs_a_sensible_name(name: str) -> None:
    with pytest.raises(DeviceNameError):
        check_name(name)
