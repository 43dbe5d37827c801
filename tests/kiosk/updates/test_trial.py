"""A release taken is on trial: it proves itself, or the one before comes back."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import cast

import pytest

from kiosk.runner import Runner
from kiosk.updates.proof import Proof
from kiosk.updates.shelf import TRIAL_STARTS, Choice, Shelf
from tests.kiosk.support.machine import running_kiosk
from tests.kiosk.support.peer import core_peer
from tests.kiosk.support.waiting import eventually
from tests.kiosk.updates.publishing import NEW, NEWER, ROOT, Alive, Publisher, no_runner, updater


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
    await Proof(shelf, no_runner(), lambda: ended.append(True), patience=0.02).run()
    assert ended == [True]
    assert shelf.choice().trial


async def test_a_release_that_staff_chose_while_another_was_tried_is_not_taken_as_proved(
    shelf: Shelf,
) -> None:
    shelf.keep(Choice(current=NEW, trial=True))
    proof = Proof(shelf, cast(Runner, Alive()), lambda: None)
    async with asyncio.TaskGroup() as group:
        group.create_task(proof.run())
        await asyncio.sleep(0)
        shelf.keep(shelf.choice().switched(NEWER))
        proof.heard()
    assert shelf.choice() == Choice(current=NEWER, trial=True)


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


def _run(data: Path, core: str) -> asyncio.Future[asyncio.subprocess.Process]:
    settings = {"CORE_URL": core, "DATA_DIR": str(data), "EMULATED": "1"}
    named = {f"CONGTRUONG_KIOSK_{name}": value for name, value in settings.items()}
    return asyncio.create_subprocess_exec(  # type: ignore[return-value]  # awaited by the caller
        *(sys.executable, "-m", "kiosk", "run", "--json", "--port", "0"), cwd=ROOT,
        env={**os.environ, **named},  # noqa: TID251 - a child needs PATH and HOME
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
