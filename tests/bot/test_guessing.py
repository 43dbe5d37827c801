"""A guesser learns nothing from the bot: neither from what it answers nor from how long it takes."""

from __future__ import annotations

import aiohttp

from bot.app import Bot
from core.contracts.citizen_card import CitizenCard
from core.contracts.citizen_id import CitizenId
from core.guardians.evidence import ProofOutcome, Proven
from tests.bot.guessing import ALPHA, BORN_ON, guess, not_on_roll, p_value, put_on_roll
from tests.bot.support import chatting
from tests.bot.test_verify_page import link_from_chat

VARYING = {"date", "x-request-id"}


async def test_the_page_and_the_chat_answer_every_guess_alike(running: tuple[Bot, str]) -> None:
    bot, url = running
    on_roll, others = (await put_on_roll(bot.core))[:3], not_on_roll(3)
    seen = set()
    for number in (*on_roll, *others):
        async with chatting(url) as chat, aiohttp.ClientSession() as http:
            ticket = (await link_from_chat(chat)).partition("#")[2]
            card = CitizenCard(number, "VŨ THỊ ĐOÁN MÒ", BORN_ON, "female", "Xã Mẫu", BORN_ON)
            body = {"ticket": ticket, "card": card.to_qr()}
            async with http.post(f"{url}/verify/submit", json=body) as answer:
                headers = {(k, v) for k, v in answer.headers.items() if k.lower() not in VARYING}
                said = (answer.status, await answer.text(), frozenset(headers))
            line = await chat.reply("verify.for_staff")
            seen.add((said, line["text"], str(line["buttons"])))
    assert len(seen) == 1


async def test_no_test_tells_the_times_of_the_two_kinds_apart_and_the_same_test_sees_a_leak(
    running: tuple[Bot, str],
) -> None:
    core = running[0].core
    on_roll, others = await put_on_roll(core), not_on_roll()
    for_staff = {Proven(ProofOutcome.FOR_STAFF)}
    p = 0.0
    for _ in range(3):  # three unlucky rounds in a row happen once in a thousand million runs
        known, unknown = await guess(core, on_roll, others, 120)
        assert known.answers == unknown.answers == for_staff
        p = p_value(known, unknown)
        if p > ALPHA:
            break
    assert p > ALPHA, (known.median_ms(), unknown.median_ms())
    leaking, unknown = await guess(core, on_roll, others, 40, leak=0.02)
    assert p_value(leaking, unknown) < ALPHA


async def test_a_number_that_is_tried_often_is_blocked_whether_or_not_it_is_on_the_roll(
    running: tuple[Bot, str],
) -> None:
    core = running[0].core
    on_roll = (await put_on_roll(core))[:1]
    nobody = [CitizenId("099179999999")]
    known, unknown = await guess(core, on_roll, nobody, 14)
    assert known.answers == unknown.answers
    assert {one.outcome for one in known.answers} == {ProofOutcome.FOR_STAFF, ProofOutcome.TOO_MANY_ATTEMPTS}
