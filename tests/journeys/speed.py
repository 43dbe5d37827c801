"""How long a parent waits: for an answer, and for the word that the child has arrived.

Shared by a journey, which only wants the answers, and by `./congtruong bench journeys`.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from contextlib import AsyncExitStack
from typing import Any

from core.app import Core
from core.commands import opened
from core.consents.domain import NewConsent, Purpose
from core.db.transaction import Tx
from core.guardians.domain import CodeStrength
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID
from core.settings import load_settings
from tests.journeys.conftest import Village
from tests.journeys.parent import Parent, parent_at
from tests.journeys.taps import tap

GREETING_SECONDS = 3.0
QUESTIONS = (
    "con tôi học trường công có phải đóng học phí không?",
    "lam the can cuoc cho con o dau",
    "chuyển trường cho con cần giấy tờ gì ạ?",
    "bảo hiểm y tế học sinh đóng bao nhiêu?",
    "mất thẻ căn cước của cháu thì làm lại thế nào",
)


async def measure(village: Village, *, questions: int = 60, taps: int = 20) -> dict[str, Any]:
    """Ask and tap, one after the other, on an otherwise idle school."""
    people = pupils()[:taps]
    cards = [
        {"full_name": one.new.full_name, "citizen_id": one.citizen_id.value, "class_name": one.new.class_name}
        for one in people
    ]
    village.prepared.pupils_file.write_text(json.dumps(cards), encoding="utf-8")
    codes = await link_codes(village, taps)
    core, bot = await village.core(), await village.bot()
    kiosk = await village.kiosk(core.url)
    async with AsyncExitStack() as stack:
        parents = [await stack.enter_async_context(parent_at(bot.url)) for _ in codes]
        for parent, code, person in zip(parents, codes, people, strict=True):
            await parent.say(link_code=code)
            await parent.sees(person.new.full_name)
        answers = await _ask(parents[0], questions)
        notices = [await _tap(kiosk.url, number, parent) for number, parent in enumerate(parents)]
    return {"question_to_answer": figures(answers), "tap_to_guardians_chat": figures(notices)}


async def _ask(parent: Parent, questions: int) -> list[float]:
    waited = []
    for number in range(questions):
        seen = len(parent.lines)
        begun = time.perf_counter()
        await parent.say(f"{QUESTIONS[number % len(QUESTIONS)]} ({number})")
        waited.append(parent.when(await parent.sees(after=seen)) - begun)
    return waited


async def _tap(kiosk: str, number: int, parent: Parent) -> float:
    # The last pupil's greeting has left the screen; a queue at the gate is measured elsewhere.
    await asyncio.sleep(GREETING_SECONDS)
    seen = len(parent.lines)
    begun = time.perf_counter()
    await tap(kiosk, number)
    return parent.when(await parent.sees("Cổng chính", after=seen)) - begun


async def link_codes(village: Village, count: int) -> list[str]:
    """A link code for one guardian of each of the first pupils, whose families agreed on paper to be told."""
    async with (
        opened(load_settings(data_dir=village.data)) as core,
        core.database.transaction(SCHOOL_ID) as tx,
    ):
        return [await _code(core, tx, number) for number in range(count)]


async def _code(core: Core, tx: Tx, number: int) -> str:
    student_id = await core.students.by_citizen_id(tx, pupils()[number].citizen_id)
    assert student_id is not None
    guardians = await core.guardians.guardians_of(tx, student_id)
    agreed = NewConsent(student_id, Purpose.ATTENDANCE_MESSAGES, given=True, actor="staff:x")
    await core.consents.record(tx, agreed)
    issued = await core.guardians.issue_link_code(tx, guardians[0].guardian.id, CodeStrength.HANDED_OVER)
    return issued.shown


def figures(seconds: list[float]) -> dict[str, float]:
    """Count, p50 and p95 in milliseconds."""
    cut = statistics.quantiles(seconds, n=20, method="inclusive")
    return {
        "count": len(seconds),
        "p50_ms": round(1000 * statistics.median(seconds), 1),
        "p95_ms": round(1000 * cut[-1], 1),
    }
