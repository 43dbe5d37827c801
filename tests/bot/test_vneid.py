"""A guardian proves to be one with VNeID: chat, provider, six digits, level 3. The provider is npm oidc-provider."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import aiohttp
import pytest
from selectolax.lexbor import LexborHTMLParser

from bot.app import Bot
from core.settings import CoreSettings
from core.web.server import serving
from core.web_app import make_web_app
from tests.bot.support import LINK_CODE, ChatClient, KnownAnswers, chatting, running_bot, settings_for
from tests.core.signon.conftest import PORT, Phone, op, phone, provider_process
from tests.core.signon.conftest import settings_for as sign_on_for
from tests.support import oidc

__all__ = ["op", "phone", "provider_process"]
pytestmark = pytest.mark.node


@pytest.fixture
async def vneid(
    database_url: str, master_key_text: str, op: oidc.TestProvider
) -> AsyncIterator[tuple[Bot, str]]:
    base: CoreSettings = settings_for(database_url, master_key_text)
    changed = {"core_public_url": f"http://127.0.0.1:{PORT}", "sign_on": sign_on_for(op.issuer)}
    async with (
        running_bot(base.model_copy(update=changed), KnownAnswers()) as (bot, url),
        serving(make_web_app(bot.core), port=PORT),
    ):
        yield bot, url


async def six_digits(chat: ChatClient, phone: Phone) -> str:
    """Follow the link from the chat through the provider."""
    told = await chat.ask("xác minh bằng VNeID")
    assert told["key"] == "vneid.link"
    link = re.search(r"http\S+/signon/\S+", told["text"])
    assert link
    await phone.open(f"{link.group()}/go")
    assert phone.status == 200
    return str(LexborHTMLParser(phone.html).css_first(".code").text())


async def test_a_mother_who_came_by_code_is_verified_with_vneid(
    vneid: tuple[Bot, str], op: oidc.TestProvider, phone: Phone
) -> None:
    op.tell("account mother")
    async with chatting(vneid[1]) as chat:
        assert (await chat.ask(LINK_CODE))["key"] == "link.linked"
        digits = await six_digits(chat, phone)
        assert (await chat.ask("000 001"))["key"] == "vneid.wrong_code"
        await chat.say(digits)
        assert (await chat.reply("verify.proven"))["key"] == "verify.proven"
        assert (await chat.ask(digits))["key"] != "verify.proven"


async def test_somebody_else_is_not_let_in_and_learns_nothing(
    vneid: tuple[Bot, str], op: oidc.TestProvider, phone: Phone
) -> None:
    op.tell("account stranger")
    async with chatting(vneid[1]) as chat:
        digits = await six_digits(chat, phone)
        await chat.say(digits)
        assert (await chat.reply("verify.for_staff"))["key"] == "verify.for_staff"
        assert (await chat.ask("con của tôi"))["key"] == "link.needed"


async def test_digits_typed_in_another_chat_are_worth_nothing(
    vneid: tuple[Bot, str], op: oidc.TestProvider, phone: Phone
) -> None:
    op.tell("account mother")
    async with chatting(vneid[1]) as chat, chatting(vneid[1]) as thief, aiohttp.ClientSession():
        digits = await six_digits(chat, phone)
        assert (await thief.ask("xác minh bằng VNeID"))["key"] == "vneid.link"
        assert (await thief.ask(digits))["key"] == "vneid.wrong_code"
