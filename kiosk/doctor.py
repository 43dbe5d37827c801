"""What is wrong with this kiosk and how to mend it: reader, camera, light, focus, models, network, clock, disk, more.

It looks; it changes nothing and reads no card. Run it when the kiosk is not running, or the camera is taken.
"""

from __future__ import annotations

import shutil
from datetime import timedelta

import aiohttp
from cryptography.exceptions import InvalidTag
from yarl import URL

from kiosk.camera_doctor import examine_camera
from kiosk.card.doctor import examine_readers, examine_store
from kiosk.clock import CoreTime, SystemClock
from kiosk.devices import camera_of
from kiosk.errors import KioskError, NotEnrolledError, RefusedError, SpoolError
from kiosk.face.errors import FaceError
from kiosk.face.models import ALL_MODELS, ModelStore, default_models
from kiosk.finding import Finding
from kiosk.settings import KioskSettings
from kiosk.updates.shelf import Shelf
from kiosk.uplink.client import CoreClient
from kiosk.uplink.exchange import CERTIFICATE_TIME, send
from kiosk.uplink.identity import load_identity
from kiosk.uplink.roster import FILE as ROSTER
from kiosk.uplink.roster import RosterKeeper
from kiosk.uplink.spool import peek
from kiosk.version import VERSION

LEAST_FREE_BYTES = 200 * 1024 * 1024
CLOCK_WARN = timedelta(seconds=30)


async def examine(settings: KioskSettings) -> tuple[Finding, ...]:
    """Look at everything; nothing here raises."""
    time = CoreTime(SystemClock())
    network = await _network(settings, time)
    return (
        *_card(settings),
        *await _camera(settings),
        _models(settings),
        network,
        _clock(time),
        _disk(settings),
        await _identity(settings, time),
        _spool(settings),
        _roster(settings, time),
        _software(settings),
    )


def _card(settings: KioskSettings) -> tuple[Finding, ...]:
    """The service, every reader, and the issuers that the school trusts."""
    if settings.emulated:
        return (Finding("reader", "warn", "mô phỏng, không đọc được thẻ thật"),)
    return (*examine_readers(), examine_store(settings.issuers))


async def _camera(settings: KioskSettings) -> tuple[Finding, ...]:
    """The camera, how it hangs, the light before it, and its focus."""
    if settings.emulated:
        return (Finding("camera", "warn", "mô phỏng, không nhìn thấy ai"),)
    return await examine_camera(camera_of(settings.camera))


def _models(settings: KioskSettings) -> Finding:
    """The face models: there, and unaltered."""
    if settings.emulated:
        return Finding("models", "warn", "so khuôn mặt mô phỏng")
    store = ModelStore(default_models())
    try:
        for model in ALL_MODELS:
            store.path(model)
    except FaceError as error:
        return Finding("models", "bad", str(error), "congtruong kiosk models")
    return Finding("models", "ok", f"{len(ALL_MODELS)} tệp, đúng mã băm")


async def _network(settings: KioskSettings, time: CoreTime) -> Finding:
    core_url = _core_url(settings)
    async with aiohttp.ClientSession() as http:
        try:
            await send(http, time, "GET", URL(core_url) / "healthz", b"", {})
        except RefusedError as error:
            return Finding("network", "warn", f"{core_url} trả lời {error.status}")
        except KioskError as error:
            if error.detail == CERTIFICATE_TIME:
                what = f"{core_url}: chứng thư chưa hoặc không còn hiệu lực theo giờ máy {time.now():%H:%M %d/%m/%Y}"
                return Finding(
                    "network", "bad", what, "chỉnh giờ của máy, bật đồng bộ giờ (NTP), nhất là năm"
                )
            mend = "xem dây mạng và CONGTRUONG_KIOSK_CORE_URL; máy vẫn ghi được khi mất mạng"
            return Finding("network", "bad", f"{core_url}: {error.detail}", mend)
    return Finding("network", "ok", core_url)


def _core_url(settings: KioskSettings) -> str:
    """Where the kiosk itself would ask: what is set, else what the enrolment wrote down."""
    try:
        return load_identity(settings.data_dir, settings.core_moved_to).core_url
    except NotEnrolledError:
        return settings.core_url


def _clock(time: CoreTime) -> Finding:
    if time.drift is None:
        return Finding("clock", "warn", "chưa đo được: nhà trường không trả lời")
    seconds = time.drift.total_seconds()
    if abs(time.drift) > CLOCK_WARN:
        return Finding("clock", "warn", f"lệch {seconds:+.0f} giây, máy tự bù", "bật đồng bộ giờ (NTP)")
    return Finding("clock", "ok", f"lệch {seconds:+.1f} giây")


def _disk(settings: KioskSettings) -> Finding:
    folder = settings.data_dir
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE_BYTES:
        return Finding("disk", "bad", f"còn {free // 2**20} MB", "dọn ổ đĩa: hết chỗ thì máy không ghi được")
    return Finding("disk", "ok", f"còn {free // 2**20} MB")


async def _identity(settings: KioskSettings, time: CoreTime) -> Finding:
    try:
        identity = load_identity(settings.data_dir, settings.core_moved_to)
    except NotEnrolledError as error:
        return Finding("identity", "bad", error.detail, "xin mã của nhà trường: congtruong kiosk enrol")
    async with aiohttp.ClientSession() as http:
        try:
            await CoreClient(http, identity, time).heartbeat(_waiting(settings))
        except RefusedError as error:
            return Finding("identity", "bad", error.reason, "đăng ký lại: congtruong kiosk enrol")
        except KioskError:
            return Finding("identity", "warn", f"{identity.school_name}, chưa hỏi được nhà trường")
    return Finding("identity", "ok", identity.school_name)


def _waiting(settings: KioskSettings) -> int:
    """How many reports wait, as the kiosk's own heartbeat says it."""
    try:
        return sum(item.parked is None for item in peek(settings.data_dir / "spool").items.values())
    except SpoolError:
        return 0


def _spool(settings: KioskSettings) -> Finding:
    folder = settings.data_dir / "spool"
    if not folder.exists():
        return Finding("spool", "ok", "trống")
    try:
        found = peek(folder)
    except SpoolError as error:
        return Finding("spool", "bad", error.detail, "xem quyền ghi và dung lượng ổ đĩa")
    lost, items = found.recovery.lost_records, found.items.values()
    parked = sum(item.parked is not None for item in items)
    if lost:
        mend = "báo nhà trường đối chiếu sổ, rồi congtruong kiosk spool --checked"
        return Finding("spool", "bad", f"mất {lost} bản ghi", mend)
    if parked:
        return Finding("spool", "warn", f"{parked} lượt bị từ chối", "congtruong kiosk spool --retry")
    return Finding("spool", "ok", f"{len(items)} lượt chờ gửi")


def _software(settings: KioskSettings) -> Finding:
    """Which release runs, and whether the last one had to be taken back."""
    chosen = Shelf(settings.data_dir).choice()
    runs = chosen.current or f"{VERSION}, bản cài sẵn"
    if chosen.failed:
        mend = "báo người phát hành; máy vẫn chạy bản trước"
        return Finding("software", "warn", f"{runs}; bản {chosen.failed} không chạy được", mend)
    if chosen.trial:
        return Finding("software", "warn", f"{runs}, đang chạy thử", "chờ hai phút khi có mạng rồi khám lại")
    return Finding("software", "ok", runs)


def _roster(settings: KioskSettings, time: CoreTime) -> Finding:
    """What the kiosk knows for hours without network."""
    mend = "chạy máy khi có mạng một lần để tải danh sách"
    try:
        known = RosterKeeper(settings.data_dir, time, key_folder=settings.runtime_directory).peek()
    except (OSError, ValueError, InvalidTag) as error:
        if isinstance(error, FileNotFoundError) and (settings.data_dir / ROSTER).exists():
            return Finding("roster", "ok", "đã niêm phong, khoá chỉ nằm trong bộ nhớ của dịch vụ đang chạy")
        return Finding("roster", "warn", "chưa có, hoặc không đọc được", mend)
    if known.ended(time.now()):
        return Finding("roster", "warn", "đã hết hạn", mend)
    until = known.roster.valid_until
    return Finding("roster", "ok", f"{len(known.roster.pupils)} học sinh, tới {until:%H:%M %d/%m}")
