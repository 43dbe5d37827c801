"""A process that refreshes the account's token, for the test with several of them.

Arguments: database URL, school, address of the OAuth server, how often. It prints the tokens that it got.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import UTC, datetime
from uuid import UUID

import aiohttp

from bot.zalo.tokens import ZaloTokens
from core.conversations.domain import ChannelToken
from core.conversations.tokens.service import ChannelTokens
from core.db.engine import make_engine
from core.db.transaction import Database
from core.values.clock import SystemClock
from core.values.ids import SchoolId
from core.vault.keyring import Keyring, MasterKey
from tests.support.fake_zalo import APP_ID, APP_SECRET


async def main(database_url: str, school: str, oauth: str, times: str) -> None:
    database, clock = Database(make_engine(database_url, pool_size=2)), SystemClock()
    async with aiohttp.ClientSession() as http:
        tokens = ZaloTokens(
            database=database,
            school_id=SchoolId(UUID(school)),
            stored=ChannelTokens(Keyring(MasterKey(b"k" * 32)), clock),
            clock=clock,
            http=http,
            oauth=oauth,
            app_id=APP_ID,
            app_secret=APP_SECRET,
            first=ChannelToken("", "refresh-0", datetime(2026, 1, 1, tzinfo=UTC)),
        )
        stale = ""
        for _ in range(int(times)):
            stale = await tokens.renew(stale)
            print(stale, flush=True)
    await database.dispose()


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
