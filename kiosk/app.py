"""Puts a kiosk together from its settings, and runs it. Plain code; nothing is found by magic."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import aiohttp
import structlog
from aiohttp import web

from core.contracts.checkin import CheckInMode
from core.contracts.commands import KioskState
from kiosk.camera.opencv import jpeg_of
from kiosk.clock import CoreTime, SystemClock, since_boot
from kiosk.devices import Devices, Present, emulated_devices, real_devices
from kiosk.errors import NotEnrolledError, SettingsError
from kiosk.remote import Remote
from kiosk.runner import Parts, Runner
from kiosk.screen.server import Board, Page, local_only
from kiosk.session.events import LockSet
from kiosk.session.places import Session
from kiosk.session.values import Rules
from kiosk.settings import KioskSettings
from kiosk.staff_settings import StaffSettings, keep_staff_settings, load_staff_settings
from kiosk.state import state_of
from kiosk.updates.proof import Proof
from kiosk.updates.shelf import Shelf
from kiosk.updates.source import Source
from kiosk.updates.updater import Updater
from kiosk.uplink.client import CoreClient
from kiosk.uplink.heartbeat import Heartbeat
from kiosk.uplink.identity import Identity, load_identity
from kiosk.uplink.orders import OrderBook, Orders
from kiosk.uplink.roster import RosterKeeper
from kiosk.uplink.sender import Pace, Sender, UplinkStatus
from kiosk.uplink.spool import Spool
from kiosk.uplink.wire import NotEnrolled, Wire
from kiosk.watchdog import Watchdog

_log = structlog.get_logger()


@dataclass(slots=True)
class Kiosk:
    """A kiosk that is ready to run (máy tại cổng)."""

    settings: KioskSettings
    devices: Devices
    core_time: CoreTime = field(default_factory=lambda: CoreTime(SystemClock(), steady=since_boot))
    rules: Rules = field(default_factory=Rules)
    pace: Pace = field(default_factory=Pace)
    board: Board = field(default_factory=Board)
    runner: Runner | None = None
    staff: StaffSettings = field(default_factory=StaffSettings)
    roster: RosterKeeper = field(init=False)
    _client: CoreClient | None = None
    _lost_records: int = 0
    _restart: asyncio.Event = field(default_factory=asyncio.Event)
    _changing: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        """The roster lives in the data folder and ends by the core's clock."""
        named = self.settings
        self.roster = RosterKeeper(named.data_dir, self.core_time, self.devices.know, named.runtime_directory)

    @property
    def mode(self) -> CheckInMode:
        """What the present visit is for; staff may change it between visits."""
        return self.runner.session.job.mode if self.runner else self.settings.mode

    @property
    def wants_code(self) -> bool:
        """Whether a printed code would mean something now."""
        return self.runner is None or self.runner.wants_code

    async def serve(self, ready: Callable[[str], None]) -> bool:
        """Serve the page and run until cancelled; `ready` hears the page's address.

        Returns True when staff ordered a restart.

        Raises:
            SpoolError: when the spool cannot be opened.
        """
        otherwise = StaffSettings(language=self.settings.language.value)
        self._apply(load_staff_settings(self.settings.data_dir, otherwise))
        spool = await asyncio.to_thread(Spool, self.settings.data_dir / "spool")
        found = spool.recovery
        self._lost_records = found.lost_records
        if found.damaged_bytes or found.lost_records:
            _log.error("spool_damaged", damaged_bytes=found.damaged_bytes, lost_records=found.lost_records)
        async with aiohttp.ClientSession() as http:
            identity = self._identity()
            client = CoreClient(http, identity, self.core_time) if identity else NotEnrolled()
            wire = Wire(client)
            self._client = client if isinstance(client, CoreClient) else None
            self.roster.load()
            sender = Sender(spool, wire, self.pace, self._tell, self.core_time.unsure)
            runner = self._runner(sender, enrolled=identity is not None)
            self._tell(sender.status, identity)
            try:
                async with self._page(runner, wire) as url, asyncio.TaskGroup() as group:
                    work = [group.create_task(sender.run()), group.create_task(runner.run())]
                    dog = Watchdog(runner, self._restart.set, self.settings.notify_socket)
                    work.append(group.create_task(dog.run()))
                    if isinstance(client, CoreClient):
                        proof = Proof(Shelf(self.settings.data_dir), runner, self._restart.set)
                        beat = Heartbeat(client, sender, proof.heard, self.troubles)
                        work.append(group.create_task(beat.run()))
                        work.append(group.create_task(proof.run()))
                        work.append(group.create_task(self._orders(client, runner, sender).run()))
                        work.append(group.create_task(self.roster.run(client)))
                    # What is there now stays: it need not be looked through for garbage while a pupil waits.
                    gc.collect()
                    gc.freeze()
                    ready(url)
                    await self._restart.wait()
                    for task in work:
                        task.cancel()
            finally:
                gc.unfreeze()
                spool.close()
        return True

    def _orders(self, client: CoreClient, runner: Runner, sender: Sender) -> Orders:
        def state() -> KioskState:
            known = self.roster.current()
            until = known.roster.valid_until if known else None
            parts = self.devices
            now = (runner.session, sender.status, self.core_time, self.staff)
            state = state_of(*now, parts.emulated, parts.camera_condition)
            return state.model_copy(update={"roster_until": until})

        remote = Remote(
            runner=runner,
            state=state,
            change=self._change,
            restart=self._restart.set,
            updates=self._updates(),
        )
        return Orders(client, remote, OrderBook(self.settings.data_dir / "orders.json"), self.core_time)

    def troubles(self) -> tuple[str, ...]:
        """What staff should mend, in codes; for the next heartbeat."""
        camera = self.devices.camera_condition
        wrong = {
            "reader_unplugged": self.runner is not None and not self.runner.session.reader_there,
            f"camera_{camera}": camera != "ok",
            "spool_lost": self._lost_records > 0,
        }
        return tuple(code for code, is_so in wrong.items() if is_so)

    def _updates(self) -> Updater | None:
        """Where newer software comes from, when a publisher's key is set."""
        named = self.settings
        if not named.update_source or not named.update_key:
            return None
        return Updater(Shelf(named.data_dir), Source(named.update_source), named.update_key)

    async def _change(self, wanted: dict[str, object]) -> None:
        """Take over what staff wish; two who wish at once both get it."""
        when = {"opened_at": self.core_time.now()} if "mode" in wanted else {}
        async with self._changing:
            chosen = self.staff.model_copy(update={**wanted, **when})
            await asyncio.to_thread(keep_staff_settings, self.settings.data_dir, chosen)
            self._apply(chosen)

    def _apply(self, chosen: StaffSettings) -> None:
        self.staff = chosen
        self.rules = replace(self.rules, code_alone=chosen.code_alone, face_alone=chosen.face_alone)
        if self.runner is not None:
            self.runner.rules = self.rules
            self.runner.refresh()
        self.board.tell(replace(self.board.foot, language=chosen.language, sound=chosen.sound))

    def _identity(self) -> Identity | None:
        try:
            return load_identity(self.settings.data_dir, self.settings.core_moved_to)
        except NotEnrolledError:
            return None

    def _runner(self, sender: Sender, *, enrolled: bool) -> Runner:
        job = self.staff.job_at(self.core_time.now()) or self.settings.job
        parts = Parts(
            self.devices.cards,
            self.devices.faces,
            sender,
            self.board,
            self.core_time,
            errands=self._client,
            roster=self.roster.current,
        )
        runner = Runner(parts, self.rules, Session(job=job, next_job=job))
        closed = self.staff.closed if enrolled else "not_enrolled"
        if closed is not None:
            runner.post(LockSet(closed))
        self.runner = runner
        return runner

    def _tell(self, status: UplinkStatus, identity: Identity | None = None) -> None:
        foot = replace(
            self.board.foot,
            online=status.online,
            queued=status.queued,
            parked=status.parked,
            blocked=status.blocked,
            emulated=self.devices.emulated,
            language=self.staff.language,
            sound=self.staff.sound,
        )
        self.board.tell(replace(foot, school=identity.school_name) if identity else foot)

    @asynccontextmanager
    async def _page(self, runner: Runner, wire: Wire) -> AsyncIterator[str]:
        app = web.Application(middlewares=[local_only], client_max_size=4096)
        Page(self.board, runner.post, self.devices.camera, jpeg_of).add_to(app)
        if self.devices.cards.emulated:
            # A real kiosk does not even load the panel that lays emulated cards.
            from kiosk.screen.demo import add_demo

            await add_demo(app, self.devices.cards, self.settings.pupils_file, wire.set_cut)
        serving = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await serving.setup()
        site = web.TCPSite(serving, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError as error:
            await serving.cleanup()
            raise SettingsError(
                f"{self.settings.host}:{self.settings.port}: không mở được trang của máy ({error.strerror}). "
                "Có lẽ máy điểm danh đang chạy rồi; nếu không, chọn cổng khác: --port SỐ"
            ) from error
        try:
            yield f"http://{self.settings.host}:{serving.addresses[0][1]}"
        finally:
            self.board.close()
            await serving.cleanup()


def build_kiosk(settings: KioskSettings) -> Kiosk:
    """Put a kiosk together; nothing is opened before `serve`.

    Raises:
        SettingsError: when a setting names something that cannot be used.
    """
    core_time = CoreTime(SystemClock(), steady=since_boot)
    present = Present(lambda: kiosk.mode, lambda: kiosk.staff.turns, lambda: kiosk.wants_code, core_time)
    devices = emulated_devices(present.mode) if settings.emulated else real_devices(settings, present)
    kiosk = Kiosk(settings, devices, core_time)
    return kiosk
