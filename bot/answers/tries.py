"""Answers what staff try in the console: from the index as it is, or as if a draft were published."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from bot.answers.phrasing import passages_of
from core.answers.previews.domain import Preview, PreviewAnswer
from core.answers.service import Answers
from core.db.transaction import Database
from core.values.ids import SchoolId
from core.work.rounds import each
from rag.answerer import Answerer
from rag.living import LivingAnswerer
from rag.values import Answer, Citation, Question


@dataclass(frozen=True, slots=True)
class Tries:
    """Works off the previews of one school (hỏi thử)."""

    database: Database
    school_id: SchoolId
    answers: Answers
    living: LivingAnswerer
    province: str | None = None

    async def answer_waiting(self) -> int:
        """Answer every preview that waits; says how many. Two processes may answer one: the first stays."""
        async with self.database.transaction(self.school_id) as tx:
            waiting = await self.answers.previews.list_waiting(tx)
        return await each("previews", waiting, self._answer)

    async def _answer(self, one: Preview) -> int:
        answerer = await self._answerer(one)
        answer = await answerer.answer(Question(one.question, province=self.province))
        async with self.database.transaction(self.school_id) as tx:
            await self.answers.previews.answer(tx, one.id, _told(answer))
        return 1

    async def _answerer(self, one: Preview) -> Answerer:
        if one.passage_id is None:
            return self.living.current
        async with self.database.transaction(self.school_id) as tx:
            draft = await self.answers.passages.find(tx, one.passage_id)
            told = await self.answers.passages.list_told(tx)
        if draft is None:
            return self.living.current
        shown = (*(passage for passage in told if passage.id != draft.id), draft)
        extra = [indexed for passage in shown for indexed in passages_of(passage)]
        return await asyncio.to_thread(self.living.base.with_passages, extra)


def _told(answer: Answer) -> PreviewAnswer:
    text = answer.text.partition("\n\nNguồn:\n")[0] if answer.citations else answer.text
    sources = tuple(_source(one) for one in answer.citations)
    return PreviewAnswer(answer.behaviour.value, text, sources, round(answer.confidence, 3))


def _source(one: Citation) -> str:
    law = ", ".join(part for part in (one.source, one.article) if part)
    return law if one.title in law else ": ".join(part for part in (law, one.title) if part)
