"""One school's fault costs that school one round; no other waits, and nothing ends."""

from __future__ import annotations

import asyncio

import pytest
from structlog.testing import capture_logs

from core.work.rounds import each, rounds


async def _digest_of(school: str) -> int:
    if school == "B":
        raise ValueError("Nguyễn Thị Bí Mật")
    return 1


async def test_what_one_school_cannot_have_the_others_get() -> None:
    with capture_logs() as logs:
        assert await each("digests", ["A", "B", "C"], _digest_of) == 2
    assert [(one["event"], one["error"]) for one in logs] == [("round_failed_for_one", "ValueError")]
    assert "_digest_of" in logs[0]["where"]


async def test_a_log_of_a_failed_round_quotes_nobody() -> None:
    with capture_logs() as logs:
        await each("digests", ["B"], _digest_of)
    assert "Bí Mật" not in repr(logs)


async def test_a_round_that_fails_is_tried_again_after_the_rest() -> None:
    steps: list[str] = []

    async def once() -> None:
        steps.append("round")
        if len(steps) < 4:
            raise LookupError

    async def rest() -> None:
        steps.append("rest")
        if len(steps) == 6:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await rounds("digests", once, rest)
    assert steps == ["round", "rest"] * 3


async def test_being_cancelled_in_the_middle_of_a_round_ends_it() -> None:
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await rounds("digests", asyncio.Event().wait, lambda: asyncio.sleep(0))
