"""Writes answers with a language model behind any OpenAI-compatible endpoint, through langchain.

The reply is streamed (a dead connection shows early) but nothing is shown before the whole draft is checked: a
number cannot be taken back once a parent has read it. No retry: the extractive answer is ready and costs nothing.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import structlog
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import Runnable
from langchain_openai import ChatOpenAI
from langsmith import tracing_context
from pydantic import SecretStr, ValidationError

from rag.errors import GenerationError
from rag.generation.breaker import Breaker, Bucket, Budget
from rag.generation.checks import WrittenAnswer, checked
from rag.generation.errors import (
    BudgetSpentError,
    ModelFailedError,
    ModelLateError,
    ModelPausedError,
    TooManyCallsError,
)
from rag.generation.llm_settings import LlmSettings
from rag.generation.prompting import Prompt, load_prompt, request_data
from rag.ports import Draft, GenerationRequest

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LangchainChat:
    """A `Generator` over langchain's ChatOpenAI: người viết bằng mô hình ngôn ngữ. Make it with `build_generator`."""

    settings: LlmSettings
    prompt: Prompt
    chain: Runnable[Any, Any] = field(repr=False)
    breaker: Breaker
    bucket: Bucket
    budget: Budget
    monotonic: Callable[[], float] = time.monotonic

    async def generate(self, request: GenerationRequest) -> Draft:
        """Write one answer within the time-out.

        Raises:
            GenerationError: no usable draft (see `rag.generation.errors`); nothing personal is in its message.
        """
        try:
            draft = await self._generate(request)
        except GenerationError as error:
            _log.warning("llm_fell_back", reason=type(error).__name__, detail=str(error))
            raise
        _log.info("llm_answered", prompt=self.prompt.version, model=self.settings.model)
        return draft

    async def _generate(self, request: GenerationRequest) -> Draft:
        room = self.settings.max_prompt_chars - self.prompt.chars()
        data, kept = request_data(request, room=room)
        self._may_ask()
        worst = self.budget.cost(self.prompt.chars() + len(data), self.settings.max_answer_tokens)
        if not self.budget.reserve(worst, day=request.today):
            raise BudgetSpentError(f"cap of {self.settings.daily_cap} VND a day")
        reply = await self._ask([*self._opening(), HumanMessage(data)])
        usage = reply["raw"].response_metadata.get(
            "token_usage"
        )  # where langchain leaves it when streaming a form
        if usage:
            actual = self.budget.cost(usage["prompt_tokens"], usage["completion_tokens"])
            self.budget.settle(worst, actual, day=request.today)
        try:
            # Not langchain's own parse: it closes what was cut off at the token limit, and half a sentence would pass.
            written = WrittenAnswer.model_validate_json(_bare(str(reply["raw"].content)))
        except ValidationError as error:
            raise ModelFailedError("the reply has not the form asked for, or was cut off") from error
        allowed = GenerationRequest(request.question, request.history, kept, request.locale, request.today)
        return checked(written, allowed)

    def _may_ask(self) -> None:
        now = self.monotonic()
        if not self.bucket.take(now=now):
            raise TooManyCallsError(f"more than {self.settings.calls_per_minute} a minute")
        if not self.breaker.allows(now=now):
            raise ModelPausedError(f"{self.breaker.failures} failures in a row")

    async def _ask(self, messages: list[BaseMessage]) -> dict[str, Any]:
        try:
            with tracing_context(
                enabled=False
            ):  # an operator's LangSmith variables must not copy prompts elsewhere
                async with asyncio.timeout(self.settings.timeout):
                    reply: dict[str, Any] = await self.chain.ainvoke(messages)
        except TimeoutError as error:
            self.breaker.failed(now=self.monotonic())
            raise ModelLateError(f"no answer in {self.settings.timeout} s") from error
        except Exception as error:
            self.breaker.failed(now=self.monotonic())
            raise ModelFailedError(type(error).__name__) from error
        self.breaker.succeeded()
        return reply

    def _opening(self) -> list[BaseMessage]:
        messages: list[BaseMessage] = [SystemMessage(self.prompt.system)]
        for given, written in self.prompt.examples:
            messages += [HumanMessage(given), AIMessage(written)]
        return messages


def _bare(text: str) -> str:
    """Take off the marks of a code block, which some servers' models put around JSON."""
    return text.strip().removeprefix("```json").removeprefix("```").removesuffix("```").strip()


def build_generator(
    settings: LlmSettings, *, monotonic: Callable[[], float] = time.monotonic
) -> LangchainChat:
    """Make the generator of one endpoint; nothing is sent yet.

    Raises:
        KnowledgeFormError: the prompt version has no files.
    """
    chat = ChatOpenAI(
        base_url=settings.base_url,
        model=settings.model,
        api_key=SecretStr(settings.api_key),
        timeout=settings.timeout,
        # Its own 120 s for the first piece would end the longer wait that a small model of a school's own needs.
        stream_chunk_timeout=None,
        max_retries=0,
        temperature=0,
        max_completion_tokens=settings.max_answer_tokens,
        streaming=True,
        stream_usage=True,
        use_responses_api=False,
    )
    return LangchainChat(
        settings=settings,
        prompt=load_prompt(settings.prompt_version),
        chain=chat.with_structured_output(
            WrittenAnswer.model_json_schema(), method="json_schema", include_raw=True, strict=True
        ),
        breaker=Breaker(settings.failures_to_pause, settings.pause),
        bucket=Bucket(settings.calls_per_minute),
        budget=Budget(settings.price_in, settings.price_out, settings.daily_cap),
        monotonic=monotonic,
    )
