"""`python -m bot serve`: runs the bot until it is told to stop (Ctrl-C or SIGTERM)."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import sys

from bot.app import build_bot
from bot.settings import BotSettings
from core.logs import configure_logs
from core.settings import SettingsError, load_settings


def main(arguments: list[str] | None = None) -> int:
    """Parse the arguments and serve; 2 when a setting is missing."""
    parser = argparse.ArgumentParser(prog="congtruong-bot")
    verbs = parser.add_subparsers(dest="verb", required=True)
    serve = verbs.add_parser("serve", help="run web chat, channels and delivery")
    serve.add_argument("--host")
    serve.add_argument("--port", type=int)
    serve.add_argument("--json", action="store_true", help="print one line with the URL when ready")
    chosen = parser.parse_args(arguments)
    given = {name: getattr(chosen, name) for name in ("host", "port") if getattr(chosen, name) is not None}
    try:
        asyncio.run(_serve(BotSettings(**given), as_json=chosen.json))
    except SettingsError as error:
        print(f"congtruong-bot: {error}", file=sys.stderr)
        return 2
    return 0


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
