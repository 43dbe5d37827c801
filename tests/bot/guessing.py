"""A guesser with a list of numbers: tries them all, keeps every answer and every time. Shared by test and benchmark."""

from __future__ import annotations

import asyncio
import itertools
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from scipy import stats

from core.app import Core
from core.contracts.citizen_id import CitizenId
from core.guardians.domain import NewGuardian
from core.guardians.evidence import Evidence, Identity, Means, Proven
from core.sample.people import pupils
from core.sample.school import SCHOOL_ID

ALPHA = 0.001
BORN_ON = date(1985, 5, 5)


@dataclass(slots=True)
class Heard:
    """What one kind of number was answered with, and how long it took."""

    answers: set[Proven] = field(default_factory=set)
    seconds: list[float] = field(default_factory=list)

    def add(self, more: Heard) -> None:
        """Take in what was heard elsewhere."""
        self.answers |= more.answers
        self.seconds += more.seconds

    def median_ms(self) -> float:
        """The median time in milliseconds."""
        return round(sorted(self.seconds)[len(self.seconds) // 2] * 1000, 3)


async def put_on_roll(core: Core, count: int = 120) -> list[CitizenId]:
    """Give so many guardians of the sample school a number."""
    numbers: list[CitizenId] = []
    async with core.database.transaction(SCHOOL_ID) as tx:
        students = await core.students.list_students(tx)
        by_name = {(one.full_name, one.born_on): one.id for one in students}
        entries = []
        for pupil in pupils():
            for parent in pupil.parents:
                if len(numbers) < count:
                    numbers.append(CitizenId(f"09918{len(numbers):07}"))
                    student_id = by_name[pupil.new.full_name, pupil.new.born_on]
                    entries.append(
                        NewGuardian(student_id, parent.relation, parent.full_name, parent.phone, numbers[-1])
                    )
        await core.guardians.record_all(tx, entries)
    return numbers


def not_on_roll(count: int = 120) -> list[CitizenId]:
    """Numbers of the same shape that nobody has."""
    return [CitizenId(f"09917{n:07}") for n in range(count)]


async def guess(
    core: Core, on_roll: Sequence[CitizenId], others: Sequence[CitizenId], tries: int, leak: float = 0.0
) -> tuple[Heard, Heard]:
    """Try `tries` numbers of each kind in random order, each out of a fresh chat, as a patient guesser would.

    Each kind's numbers come in turn, so that with as many numbers as tries none is tried twice and blocked. `leak`
    seconds are lost on purpose for numbers on the roll, to show that the test sees it.
    """
    chance = random.Random(tries)
    order = [kind for kind in (0, 1) for _ in range(tries)]
    chance.shuffle(order)
    heard = (Heard(), Heard())
    turns = (itertools.cycle(on_roll), itertools.cycle(others))
    for n, kind in enumerate(order):
        number = next(turns[kind])
        async with core.database.transaction(SCHOOL_ID) as tx:
            account = await core.conversations.meet(tx, "webchat", f"guess-{leak}-{n}-{chance.random()}")
        evidence = Evidence(
            Means.CARD_QR,
            account.id,
            Identity(number, "Vũ Thị Đoán Mò", BORN_ON),
            actor="chat:x",
            reference="page",
        )
        started = time.perf_counter()
        async with core.database.transaction(SCHOOL_ID) as tx:
            answer = await core.guardians.apply_evidence(tx, evidence)
            if leak and kind == 0:
                await asyncio.sleep(leak)
        heard[kind].seconds.append(time.perf_counter() - started)
        heard[kind].answers.add(replace(answer, retry_at=None))
    return heard


def p_value(one: Heard, other: Heard) -> float:
    """How likely such a difference is by chance: the smaller of two tests, corrected for there being two.

    Kolmogorov-Smirnov sees any difference of shape, Mann-Whitney a shift.
    """
    shape = stats.ks_2samp(one.seconds, other.seconds).pvalue
    shift = stats.mannwhitneyu(one.seconds, other.seconds).pvalue
    return float(min(1.0, 2 * min(shape, shift)))
