"""Newer software: only what was ordered and signed, never half of it."""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from core.contracts.commands import CommandOutcome, Update
from kiosk.clock import SystemClock
from kiosk.errors import UpdateError
from kiosk.remote import Remote
from kiosk.updates.release import ARCHIVE, MANIFEST, SIGNATURE, Release, judged, unpack
from kiosk.updates.shelf import Choice, Shelf
from kiosk.updates.starter import started_as
from tests.kiosk.updates.publishing import NEW, NEWER, ROOT, Publisher, no_runner, updater


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


async def test_staffs_order_takes_the_release_tells_so_and_restarts(
    shelf: Shelf, publisher: Publisher
) -> None:
    publisher.publish(NEW)
    remote = Remote(
        runner=no_runner(),
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
