"""A second chat in a guardian's name: the first is told and can say no; a child's card names the parents."""

from __future__ import annotations

import aiohttp

from bot.app import Bot
from core.guardians.domain import CodeStrength
from core.sample.people import SIBLINGS, pupils
from core.sample.school import SCHOOL_ID
from tests.bot.support import LINK_CODE, chatting
from tests.bot.test_verify_page import CARD, link_from_chat


async def test_the_mother_hears_of_a_strange_account_and_lets_it_go(running: tuple[Bot, str]) -> None:
    bot, url = running
    child = pupils()[SIBLINGS[0]]
    async with bot.core.database.transaction(SCHOOL_ID) as tx:
        student = await bot.core.students.by_citizen_id(tx, child.citizen_id)
        assert student
        ties = await bot.core.guardians.guardians_of(tx, student)
        mother = next(one.guardian for one in ties if one.relation == "mother")
        found = await bot.core.guardians.issue_link_code(tx, mother.id, CodeStrength.SENT)
    async with chatting(url) as hers, chatting(url) as strange:
        await hers.say(link_code=LINK_CODE)
        await hers.reply("link.linked")
        await strange.say(link_code=found.value)
        await strange.reply("link.linked")
        told = await hers.reply("verify.new_account")
        assert "verify.contest" in [one["code"] for one in told["buttons"]]
        await hers.say("Không phải tôi", choice="verify.contest")
        assert "gỡ ngay" in (await hers.reply("verify.contested"))["text"]
        await strange.say("Con của tôi", choice="menu.children")
        await strange.reply("link.needed")
        await hers.say("Con của tôi", choice="menu.children")
        await hers.reply("children.list")


async def test_a_childs_card_that_names_its_mother_opens_this_child(running: tuple[Bot, str]) -> None:
    _, url = running
    child = pupils()[SIBLINGS[0]]
    async with chatting(url) as chat, aiohttp.ClientSession() as http:
        ticket = (await link_from_chat(chat)).partition("#")[2]
        body = {"ticket": ticket, "card": CARD.to_qr(), "child_card": child.card().to_qr()}
        async with http.post(f"{url}/verify/submit", json=body) as answer:
            assert answer.status == 202
        told = await chat.reply("verify.proven")
        assert child.new.full_name in told["text"]
        assert told["text"].count("•") == 1


async def test_the_mother_hears_of_an_account_that_came_by_a_card_in_her_name(
    running: tuple[Bot, str],
) -> None:
    _, url = running
    child = pupils()[SIBLINGS[0]]
    async with chatting(url) as hers, chatting(url) as strange, aiohttp.ClientSession() as http:
        await hers.say(link_code=LINK_CODE)
        await hers.reply("link.linked")
        ticket = (await link_from_chat(strange)).partition("#")[2]
        body = {"ticket": ticket, "card": CARD.to_qr(), "child_card": child.card().to_qr()}
        async with http.post(f"{url}/verify/submit", json=body) as answer:
            assert answer.status == 202
        await strange.reply("verify.proven")
        told = await hers.reply("verify.new_account")
        assert "verify.contest" in [one["code"] for one in told["buttons"]]
