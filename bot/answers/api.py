"""`POST /api/v1/answers`: the answerer for other programs, with the same OpenAPI habits as the core.

Nothing of a question is remembered and nothing personal is looked up: it answers from the knowledge base and from what
the school published.
"""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.answers.access import API_KEY, Access
from bot.answers.examples import ANSWERS, BODIES, EVENTS, HEADERS
from bot.answers.models import AnswerBody, AnswerRequest, answer_body
from bot.answers.ports import AnswersPort
from bot.answers.streaming import CallerGoneError, tell, while_connected
from core.answers.keys.domain import ApiKeyError, QuotaExceededError
from core.web.openapi import Api, Call, Examples, Operation
from core.web.problems import InvalidBodyError, MalformedJsonError
from core.web.sse import HEARTBEAT_SECONDS

DESCRIPTION = (
    "Answers from sourced, dated passages, or says that it does not know. With `Accept: text/event-stream` or "
    "`stream: true` the answer comes as events: `piece` (a text; all of them join to `answer`), `citation`, then "
    "`done` with the whole body, or `error` with a problem. Comments beat in between. Hanging up ends the work. Nobody "
    "is told of a question: where `behaviour` is `handover`, and at once where `urgent`, the caller passes it on to a "
    "person of the school, and says so."
)


@dataclass(frozen=True, slots=True)
class AnswersApi:
    """The operations of the bot for programs."""

    answers: AnswersPort
    access: Access
    province: str | None = None
    beat_seconds: float = HEARTBEAT_SECONDS

    async def answer(self, call: Call[AnswerRequest]) -> AnswerBody | web.StreamResponse:
        """Answer one question, whole or as events."""
        question = call.body.as_question(self.province)
        if call.body.stream or "text/event-stream" in call.request.headers.get("Accept", ""):
            return await tell(call.request, self.answers.stream(question), self.beat_seconds)
        try:
            return answer_body(await while_connected(call.request, self.answers.answer(question)))
        except CallerGoneError:
            return web.Response(status=499)

    def api(self) -> Api:
        """The declaration from which routes and document are made."""
        operation = Operation(
            "POST",
            "/answers",
            "Answer a question from the knowledge base",
            self.answer,
            AnswerBody,
            AnswerRequest,
            description=DESCRIPTION,
            errors=(MalformedJsonError, InvalidBodyError, ApiKeyError, QuotaExceededError),
            tag="answers",
            security=API_KEY.name if self.access.required else None,
            before_body=self.access.check,
            examples=Examples(BODIES, ANSWERS, HEADERS),
            event_stream=EVENTS,
        )
        return Api(
            "Cổng Trường bot",
            "/api/v1",
            (operation,),
            description="Sourced answers for parents.",
            security_schemes=(API_KEY,),
        )
