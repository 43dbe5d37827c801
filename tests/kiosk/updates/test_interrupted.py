"""What comes between while a release is taken: power cuts, a full disk, another order."""

from __future__ import annotations

import asyncio
import errno
from typing import cast

import pytest

from kiosk.errors import UpdateError
from kiosk.runner import Runner
from kiosk.updates.proof import Proof
from kiosk.updates.shelf import Choice, Shelf
from kiosk.updates.updater import Updater
from kiosk.version import VERSION
from tests.kiosk.updates.publishing import NEW, NEWER, Alive, Publisher, updater


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
    proof = Proof(shelf, cast(Runner, Alive()), lambda: None, patience=0.01)
    proof.heard()
    await proof.run()
    assert [one.trial for one in tries] == [False, False]
