"""Newer software: only what was ordered and signed, never half of it, and back again when it does not work."""

from __future__ import annotations

import asyncio
import base64
import errno
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.commands import CommandOutcome, Update
from kiosk.clock import SystemClock
from kiosk.errors import UpdateError
from kiosk.remote import Remote
from kiosk.runner import Runner
from kiosk.updates.proof import Proof
from kiosk.updates.release import ARCHIVE, MANIFEST, SIGNATURE, Release, judged, make, unpack
from kiosk.updates.shelf import TRIAL_STARTS, Choice, Shelf
from kiosk.updates.source import Source
from kiosk.updates.starter import started_as
from kiosk.updates.updater import Updater
from kiosk.version import VERSION
from tests.kiosk.support.machine import running_kiosk
from tests.kiosk.support.peer import core_peer
from tests.kiosk.support.waiting import eventually

ROOT = Path(__file__).parents[3]
NEW, NEWER = "9.1.0", "9.2.0"


@dataclass(frozen=True)
class Publisher:
    """Who publishes: a key and a folder of releases."""

    key: Ed25519PrivateKey
    out: Path
    tree: Path

    @property
    def public(self) -> str:
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def publish(self, version: str, *, broken: str = "") -> Release:
        """A real release of this very program under another version; `broken` is added to a module."""
        (self.tree / "kiosk" / "version.py").write_text(
            f'VERSION = "{version}"\nSOFTWARE = f"congtruong-kiosk {{VERSION}}"\n', "utf-8"
        )
        app = self.tree / "kiosk" / "app.py"
        app.write_text((ROOT / "kiosk" / "app.py").read_text("utf-8") + broken, "utf-8")
        return make(self.tree, version, self.key, self.out, SystemClock().now())


@pytest.fixture
def publisher(tmp_path: Path) -> Publisher:
    tree = tmp_path / "tree"
    for package in ("kiosk", "core/contracts"):
        shutil.copytree(ROOT / package, tree / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "core" / "__init__.py", tree / "core" / "__init__.py")
    return Publisher(Ed25519PrivateKey.generate(), tmp_path / "out", tree)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data")


def updater(shelf: Shelf, publisher: Publisher, place: str = "", running: str = VERSION) -> Updater:
    return Updater(shelf, Source(place or str(publisher.out)), publisher.public, running)


def _what_runs(python: list[str], surroundings: dict[str, str]) -> str:
    code = "import kiosk.version, kiosk.app; print(kiosk.version.SOFTWARE, kiosk.app.__file__)"
    command = [*python, "-c", code]
    return subprocess.run(
        command, env=surroundings, cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


async def test_a_signed_release_is_taken_and_really_runs_at_the_next_start(
    shelf: Shelf, publisher: Publisher
) -> None:
    publisher.publish(NEW)
    await updater(shelf, publisher).take(NEW)
    assert shelf.choice() == Choice(current=NEW, trial=True)
    command, surroundings = started_as(shelf, NEW, ())
    said = _what_runs(command[:2], surroundings)
    assert f"congtruong-kiosk {NEW}" in said
    assert str(shelf.place(NEW)) in said


async def test_a_release_is_fetched_over_http_too(shelf: Shelf, publisher: Publisher) -> None:
    publisher.publish(NEW)
    app = web.Application()
    app.router.add_static("/releases/", publisher.out)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        place = f"http://127.0.0.1:{runner.addresses[0][1]}/releases"
        await updater(shelf, publisher, place).take(NEW)
        with pytest.raises(UpdateError, match="not_found"):
            await updater(shelf, publisher, place).take(NEWER)
    finally:
        await runner.cleanup()
    assert shelf.choice().current == NEW
    with pytest.raises(UpdateError, match="unreachable"):
        await updater(shelf, publisher, place).take(NEWER)


def _flip(path: Path) -> None:
    spoilt = bytearray(path.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    path.write_bytes(bytes(spoilt))


def _other_signer(publisher: Publisher) -> None:
    Publisher(Ed25519PrivateKey.generate(), publisher.out, publisher.tree).publish(NEW)


def _renamed(publisher: Publisher) -> None:
    publisher.publish(NEWER)
    shutil.rmtree(publisher.out / NEW)
    (publisher.out / NEWER).rename(publisher.out / NEW)


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        (lambda one: _flip(one.out / NEW / ARCHIVE), "hash"),
        (lambda one: _flip(one.out / NEW / MANIFEST), "signature"),
        (lambda one: _flip(one.out / NEW / SIGNATURE), "signature"),
        (_other_signer, "signature"),
        (_renamed, "other_version"),
        (lambda one: (one.out / NEW / ARCHIVE).unlink(), "not_found"),
        (lambda one: one.publish(NEW, broken="\nimport no_such_package\n"), "does_not_start"),
        (lambda one: one.publish(NEW, broken="\nraise SystemExit(3)\n"), "does_not_start"),
    ],
)
async def test_what_is_not_the_whole_signed_working_release_is_not_chosen(
    shelf: Shelf, publisher: Publisher, harm: Callable[[Publisher], object], reason: str
) -> None:
    publisher.publish(NEW)
    harm(publisher)
    with pytest.raises(UpdateError, match=reason):
        await updater(shelf, publisher).take(NEW)
    assert shelf.choice() == Choice()


async def test_an_older_release_is_taken_only_when_it_is_the_one_before(
    shelf: Shelf, publisher: Publisher
) -> None:
    for version in (NEW, NEWER):
        publisher.publish(version)
    await updater(shelf, publisher).take(NEW)
    shelf.keep(shelf.choice().proved())
    await updater(shelf, publisher, running=NEW).take(NEWER)
    shelf.keep(shelf.choice().proved())
    publisher.publish("9.0.5")
    with pytest.raises(UpdateError, match="older"):
        await updater(shelf, publisher, running=NEWER).take("9.0.5")
    with pytest.raises(UpdateError, match="already_runs"):
        await updater(shelf, publisher, running=NEWER).take(NEWER)
    await updater(shelf, publisher, running=NEWER).take(NEW)
    assert (shelf.choice().current, shelf.choice().previous) == (NEW, NEWER)


def _packed(files: dict[str, bytes], link: str = "") -> tuple[bytes, Release]:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name in ("kiosk/__main__.py", "kiosk/version.py", "core/contracts/__init__.py"):
            archive.writestr(name, b"")
        for name, content in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = (0xA1FF << 16) if name == link else (0o644 << 16)
            archive.writestr(info, content)
    content = packed.getvalue()
    digest = hashlib.sha256(content).hexdigest()
    return content, Release(version=NEW, sha256=digest, size=len(content), made_at=SystemClock().now())


@pytest.mark.parametrize(
    "name", ["../outside", "kiosk/../../outside", "/etc/passwd", "kiosk//x", "elsewhere/x", "kiosk\\..\\x"]
)
def test_even_a_signed_archive_cannot_write_outside_its_folder(tmp_path: Path, name: str) -> None:
    content, release = _packed({name: b"x"})
    with pytest.raises(UpdateError, match="archive"):
        unpack(content, release, tmp_path / "here")
    assert list(tmp_path.rglob("*")) == []


def test_a_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    content, release = _packed({"kiosk/link": b"/etc/passwd"}, link="kiosk/link")
    with pytest.raises(UpdateError, match="archive"):
        unpack(content, release, tmp_path / "here")


@given(st.binary(max_size=200), st.binary(max_size=120))
def test_no_manifest_is_believed_without_the_key(manifest: bytes, signature: bytes) -> None:
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    with pytest.raises(UpdateError, match="signature"):
        judged(manifest, signature, key)


def test_a_release_that_never_proves_itself_makes_place_for_the_one_before() -> None:
    choice = Choice(current=NEW).switched(NEWER)
    for _ in range(TRIAL_STARTS):
        choice = choice.started()
        assert choice.current == NEWER
    choice = choice.started()
    assert (choice.current, choice.failed, choice.trial) == (NEW, NEWER, False)
    assert choice.started() == choice


def test_a_second_order_during_a_trial_goes_back_to_what_last_worked() -> None:
    choice = Choice(current="1.0").switched("1.1").started().switched("1.2")
    assert (choice.current, choice.previous) == ("1.2", "1.0")


@pytest.mark.parametrize("step", ["bring", "incoming", "unpack", "accept", "keep"])
async def test_a_power_cut_at_any_step_leaves_the_old_program(
    shelf: Shelf, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    class PowerCut(BaseException):
        pass

    def cut(*_given: object) -> None:
        raise PowerCut

    publisher.publish(NEW)
    where = {
        "bring": "kiosk.updates.source.Source._from_folder",
        "incoming": "kiosk.updates.shelf.Shelf.incoming",
        "unpack": "kiosk.updates.updater.unpack",
        "accept": "kiosk.updates.shelf.Shelf.accept",
        "keep": "kiosk.updates.shelf.Shelf.keep",
    }
    with monkeypatch.context() as patched:
        patched.setattr(where[step], cut)
        patched.setattr("kiosk.updates.shelf.Shelf.clear", lambda *_given: None)
        with pytest.raises(PowerCut):
            await updater(shelf, publisher).take(NEW)
    assert shelf.choice() == Choice()
    await updater(shelf, publisher).take(NEW)
    assert shelf.choice().current == NEW


@pytest.mark.parametrize("step", ["kiosk.updates.updater.unpack", "kiosk.updates.shelf.Shelf.keep"])
async def test_a_full_disk_is_said_and_what_was_fetched_leaves_its_room_to_the_reports(
    shelf: Shelf, publisher: Publisher, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_given: object) -> None:
        (shelf.folder / ".incoming" / "half").parent.mkdir(exist_ok=True)
        raise OSError(errno.ENOSPC, "full")

    publisher.publish(NEW)
    shelf.place(VERSION).mkdir(parents=True)
    monkeypatch.setattr(step, full)
    with pytest.raises(UpdateError, match="disk"):
        await updater(shelf, publisher).take(NEW)
    assert [path.name for path in shelf.folder.iterdir()] == [VERSION]


async def test_two_orders_for_releases_take_turns(
    shelf: Shelf, publisher: Publisher, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def loads(*_given: object) -> None:
        await asyncio.sleep(0)

    monkeypatch.setattr(Updater, "_probe", loads)
    publisher.publish(NEW)
    publisher.publish(NEWER)
    both = updater(shelf, publisher)
    async with asyncio.TaskGroup() as group:
        group.create_task(both.take(NEW))
        group.create_task(both.take(NEWER))
    assert shelf.choice() == Choice(current=NEWER, trial=True)
    assert [path.name for path in shelf.folder.iterdir() if path.is_dir()] == [NEWER]
    assert f'"{NEWER}"' in (shelf.place(NEWER) / "kiosk" / "version.py").read_text()


async def test_a_release_that_staff_chose_while_another_was_tried_is_not_taken_as_proved(
    shelf: Shelf,
) -> None:
    shelf.keep(Choice(current=NEW, trial=True))
    proof = Proof(shelf, cast(Runner, _Alive()), lambda: None)
    async with asyncio.TaskGroup() as group:
        group.create_task(proof.run())
        await asyncio.sleep(0)
        shelf.keep(shelf.choice().switched(NEWER))
        proof.heard()
    assert shelf.choice() == Choice(current=NEWER, trial=True)


async def test_a_release_whose_proof_finds_the_disk_full_goes_on_and_writes_it_later(
    shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf.keep(Choice(current=NEW, trial=True))
    tries: list[Choice] = []

    def fickle(chosen: Choice) -> None:
        tries.append(chosen)
        if len(tries) == 1:
            raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(shelf, "keep", fickle)
    proof = Proof(shelf, cast(Runner, _Alive()), lambda: None, patience=0.01)
    proof.heard()
    await proof.run()
    assert [one.trial for one in tries] == [False, False]


@pytest.mark.parametrize("content", [b"", b"{", b'{"current": 7}', b"\x00" * 30])
def test_a_damaged_choice_means_the_installed_program(shelf: Shelf, content: bytes) -> None:
    shelf.keep(Choice(current=NEW))
    (shelf.folder / "choice.json").write_bytes(content)
    assert shelf.choice() == Choice()


async def test_a_release_on_trial_is_proved_by_the_cores_answer_and_a_silent_one_ends_the_program(
    tmp_path: Path,
) -> None:
    shelf = Shelf(tmp_path)
    shelf.keep(Choice().switched(NEW).started())
    async with core_peer() as peer, running_kiosk(tmp_path, peer):
        await eventually(lambda: not shelf.choice().trial)
    assert shelf.choice().current == NEW
    shelf.keep(Choice().switched(NEW).started())
    ended: list[bool] = []
    await Proof(shelf, _no_runner(), lambda: ended.append(True), patience=0.02).run()
    assert ended == [True]
    assert shelf.choice().trial


class _Alive:
    """A session that answers."""

    async def ask(self, event: object) -> bool:
        del event
        return True


def _no_runner() -> Runner:
    return Runner.__new__(Runner)


async def test_staffs_order_takes_the_release_tells_so_and_restarts(
    shelf: Shelf, publisher: Publisher
) -> None:
    publisher.publish(NEW)
    remote = Remote(
        runner=_no_runner(),
        state=lambda: None,  # type: ignore[arg-type, return-value]  # not asked for here
        change=_nothing,
        restart=lambda: None,
        updates=updater(shelf, publisher),
    )
    obeyed = await remote.obey(Update(version=NEW))
    assert (obeyed.result.outcome, obeyed.result.detail) == (CommandOutcome.DONE, "update_on_trial")
    assert obeyed.then is not None
    refused = await remote.obey(Update(version="9.3"))
    assert (refused.result.outcome, refused.result.detail) == (CommandOutcome.FAILED, "update_not_found")
    assert refused.then is None


async def _nothing(_wanted: dict[str, object]) -> None:
    return


def _run(data: Path, core: str) -> asyncio.Future[asyncio.subprocess.Process]:
    settings = {"CORE_URL": core, "DATA_DIR": str(data), "EMULATED": "1"}
    named = {f"CONGTRUONG_KIOSK_{name}": value for name, value in settings.items()}
    return asyncio.create_subprocess_exec(  # type: ignore[return-value]  # awaited by the caller
        *(sys.executable, "-m", "kiosk", "run", "--json", "--port", "0"), cwd=ROOT,
        env={**os.environ, **named},  # noqa: TID251 - a child needs PATH and HOME
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip


async def test_a_release_that_dies_at_its_start_is_rolled_back_by_the_starter(
    tmp_path: Path, publisher: Publisher
) -> None:
    # It passes the probe and dies in earnest: only the trial finds that.
    publisher.publish(NEW, broken="\ndef build_kiosk(settings: object) -> Kiosk:\n    raise SystemExit(9)\n")
    data = tmp_path / "data"
    await updater(Shelf(data), publisher).take(NEW)
    for _ in range(TRIAL_STARTS):
        started = await _run(data, "http://127.0.0.1:9")
        await started.communicate()
        assert started.returncode == 9
    started = await _run(data, "http://127.0.0.1:9")
    assert started.stdout is not None
    line = await asyncio.wait_for(started.stdout.readline(), 30)
    started.terminate()
    await started.communicate()
    assert json.loads(line)["url"]
    assert Shelf(data).choice() == Choice(failed=NEW)
