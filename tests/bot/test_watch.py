"""The bot's eye on itself: what it writes down of its channels, whatever they do when they are asked."""

from __future__ import annotations

from functools import partial

from aiohttp import web

from bot.attached import Attached
from bot.channels import Off
from bot.watch import Watch
from core.app import build_core
from core.health import repository
from core.notifications.ports import RetryLater
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings


async def _well() -> None:
    """Answers."""


async def _fails(error: Exception) -> None:
    raise error


async def test_each_channel_is_asked_and_its_answer_written_down(core_settings: CoreSettings) -> None:
    async def webhook(_request: web.Request) -> web.Response:
        return web.Response()

    def channel(name: str, look: object, *routes: web.RouteDef) -> Attached:
        return Attached(name, lambda _event: None, Off(), routes, look=look)  # type: ignore[arg-type]

    channels = (
        channel("telegram", partial(_fails, RetryLater(reason="telegram_token"))),
        channel("zalo", _well, web.post("/webhooks/zalo", webhook)),
        channel("zalobot", partial(_fails, ValueError("what people wrote"))),
        channel("sms", None),
    )
    core = build_core(core_settings)
    await Watch(core, SCHOOL_ID, channels, "https://truong.example/").once()
    async with core.database.transaction(SCHOOL_ID) as tx:
        found = {one.name: (one.failure, one.detail) for one in await repository.list_all(tx)}
    await core.database.dispose()
    assert found == {
        "bot": ("", "https://truong.example/"),
        "channel:telegram": ("telegram_token", ""),
        "channel:zalo": ("", "https://truong.example/webhooks/zalo"),
        "channel:zalobot": ("unknown_error", ""),
    }
