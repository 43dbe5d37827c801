"""Staff's orders are done at most once, whatever falls over in between, and their results are told."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from core.contracts.commands import (
    CommandBatch,
    CommandOutcome,
    CommandResult,
    DeviceCommand,
    Order,
    Restart,
    TellState,
)
from kiosk.clock import SystemClock
from kiosk.errors import UnreachableError
from kiosk.uplink.orders import Obeyed, OrderBook, Orders
from tests.kiosk.support.waiting import eventually

CLOCK = SystemClock()
DONE = CommandResult(outcome=CommandOutcome.DONE)


def order(lives: timedelta = timedelta(minutes=1), wanted: Order | None = None) -> DeviceCommand:
    now = CLOCK.now()
    return DeviceCommand(id=uuid4(), order=wanted or Restart(), issued_at=now, expires_at=now + lives)


@dataclass
class Line:
    """A core with open orders; an order is closed by its result, unless the answer is lost on its way."""

    open: list[DeviceCommand] = field(default_factory=list)
    told: list[tuple[UUID, CommandResult]] = field(default_factory=list)
    lost: int = 0
    away: int = 0

    async def commands(self, wait: int) -> CommandBatch:
        await asyncio.sleep(0.01)
        if self.away:
            self.away -= 1
            raise UnreachableError("503")
        return CommandBatch(server_time=CLOCK.now(), commands=tuple(self.open))

    async def tell_result(self, command_id: UUID, result: CommandResult) -> None:
        if self.lost:
            self.lost -= 1
            raise UnreachableError("timeout")
        self.told.append((command_id, result))
        self.open = [one for one in self.open if one.id != command_id]


@dataclass
class Counting:
    """Hands that count."""

    does: Callable[[], Obeyed] = lambda: Obeyed(DONE)
    obeyed: int = 0

    async def obey(self, order: Order) -> Obeyed:
        self.obeyed += 1
        return self.does()


async def until(line: Line, hands: Counting, book: OrderBook) -> None:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(Orders(line, hands, book, CLOCK, pause=0.02).run())
        await eventually(lambda: not line.open)
        task.cancel()


async def test_an_order_whose_result_was_lost_is_told_again_and_not_done_again(tmp_path: Path) -> None:
    line, hands = Line([order()], lost=3, away=2), Counting()
    await until(line, hands, OrderBook(tmp_path / "orders.json"))
    assert hands.obeyed == 1
    assert [one.outcome for _, one in line.told] == [CommandOutcome.DONE]


async def test_after_a_restart_a_done_order_is_told_and_not_done(tmp_path: Path) -> None:
    one, hands = order(), Counting()
    OrderBook(tmp_path / "orders.json").write(one.id, DONE)
    line = Line([one])
    await until(line, hands, OrderBook(tmp_path / "orders.json"))
    assert (hands.obeyed, line.told) == (0, [(one.id, DONE)])


async def test_an_order_that_was_cut_off_is_said_to_be_interrupted(tmp_path: Path) -> None:
    one, hands = order(), Counting()
    OrderBook(tmp_path / "orders.json").write(one.id, None)
    line = Line([one])
    await until(line, hands, OrderBook(tmp_path / "orders.json"))
    assert hands.obeyed == 0
    assert line.told[0][1] == CommandResult(outcome=CommandOutcome.FAILED, detail="interrupted")


async def test_an_order_whose_time_has_run_out_is_not_done(tmp_path: Path) -> None:
    line, hands = Line([order(timedelta(seconds=-1))]), Counting()
    await until(line, hands, OrderBook(tmp_path / "orders.json"))
    assert (hands.obeyed, line.told[0][1].outcome) == (0, CommandOutcome.EXPIRED)


async def test_hands_that_fail_do_not_stop_the_kiosk(tmp_path: Path) -> None:
    def fails() -> Obeyed:
        raise ValueError("a surprise")

    line = Line([order(), order()])
    await until(line, Counting(fails), OrderBook(tmp_path / "orders.json"))
    assert {one.outcome for _, one in line.told} == {CommandOutcome.FAILED}


async def test_what_follows_an_order_happens_after_its_result_was_told(tmp_path: Path) -> None:
    line = Line([order()])
    seen: list[int] = []
    await until(
        line,
        Counting(lambda: Obeyed(DONE, lambda: seen.append(len(line.told)))),
        OrderBook(tmp_path / "orders.json"),
    )
    assert seen == [1]


@pytest.mark.parametrize(("wanted", "done"), [(TellState(), True), (Restart(), False)])
async def test_on_a_full_disk_staff_are_still_obeyed_save_where_it_might_never_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wanted: Order, done: bool
) -> None:
    def full(*_given: object) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("kiosk.uplink.orders.replace_file", full)
    line, hands = Line([order(wanted=wanted)]), Counting()
    await until(line, hands, OrderBook(tmp_path / "orders.json"))
    assert hands.obeyed == (1 if done else 0)
    assert line.told[0][1] == (DONE if done else CommandResult(outcome=CommandOutcome.FAILED, detail="disk"))


async def test_an_order_that_the_disk_did_not_take_is_said_to_be_that(tmp_path: Path) -> None:
    def full() -> Obeyed:
        raise OSError(errno.ENOSPC, "full")

    line = Line([order()])
    await until(line, Counting(full), OrderBook(tmp_path / "orders.json"))
    assert line.told[0][1].detail == "disk"


def test_a_damaged_book_counts_as_empty(tmp_path: Path) -> None:
    path = tmp_path / "orders.json"
    for damage in ("", "{", "[1]", '{"x": 1}', '{"01935f3e-7a10-7000-8000-000000000001": {"outcome": "?"}}'):
        path.write_text(damage)
        assert not OrderBook(path).begun(uuid4())


async def test_many_orders_at_once_are_each_done_once_and_all_written_down(tmp_path: Path) -> None:
    sent = [order() for _ in range(40)]
    line, hands, path = Line(list(sent)), Counting(), tmp_path / "orders.json"
    await until(line, hands, OrderBook(path))
    assert {one.outcome for _, one in line.told} == {CommandOutcome.DONE}
    assert hands.obeyed == len(sent)
    kept = OrderBook(path)
    assert all(kept.result(one.id) == DONE for one in sent)
