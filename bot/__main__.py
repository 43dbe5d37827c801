"""`python -m bot serve`: runs the bot until it is told to stop (Ctrl-C or SIGTERM)."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

import aiohttp

from bot.app import build_bot
from bot.settings import BotSettings
from bot.zalo.attach import sign_in_of, tokens_of
from core.db.doors import closed_door
from core.db.transaction import DATABASE_FAULTS
from core.logs import configure_logs
from core.settings import SettingsError, load_settings, read_settings


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments and serve; 2 when a setting is missing, 1 when the database is."""
    parser = argparse.ArgumentParser(prog="congtruong-bot")
    verbs = parser.add_subparsers(dest="verb", required=True)
    serve = verbs.add_parser("serve", help="run web chat, channels and delivery")
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    serve.add_argument("--json", action="store_true", help="print one line with the URL when ready")
    verbs.add_parser("zalo-sign-in", help="print the address where the Zalo account gives permission")
    chosen = parser.parse_args(arguments)
    if chosen.verb == "zalo-sign-in":
        return _sign_in()
    given = {name: getattr(chosen, name) for name in ("host", "port") if getattr(chosen, name) is not None}
    try:
        asyncio.run(_serve(read_settings(BotSettings, **given), as_json=chosen.json))
    except SettingsError as error:
        print(f"congtruong-bot: {error}", file=sys.stderr)
        return 2
    except DATABASE_FAULTS as error:
        told = None if isinstance(error, aiohttp.ClientError) else closed_door(error)
        if told is None:
            raise
        print(f"congtruong-bot: {told}", file=sys.stderr)
        return 1
    return 0


def _sign_in() -> int:
    try:
        print(asyncio.run(_sign_in_address(read_settings(BotSettings))))
    except SettingsError as error:
        print(f"congtruong-bot: {error}", file=sys.stderr)
        return 2
    return 0


async def _sign_in_address(settings: BotSettings) -> str:
    if not settings.public_url.startswith("https://") or not settings.zalo_app_id:
        raise SettingsError("Set CONGTRUONG_BOT_PUBLIC_URL (https://…) and CONGTRUONG_BOT_ZALO_APP_ID first.")
    bot = build_bot(settings, load_settings())
    try:
        async with aiohttp.ClientSession() as http:
            tokens = tokens_of(bot.core, settings, await bot.school_id(), http)
            return sign_in_of(bot.core, settings, tokens).address()
    finally:
        await bot.core.database.dispose()


async def _serve(settings: BotSettings, *, as_json: bool) -> None:
    core_settings = load_settings()
    configure_logs(core_settings.log_level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    bot = build_bot(settings, core_settings)
    try:
        async with bot.running() as url:
            print(json.dumps({"url": url}) if as_json else f"Cổng Trường bot: {url}", flush=True)
            await stop.wait()
    finally:
        await bot.core.database.dispose()


if __name__ == "__main__":
    sys.exit(main())
