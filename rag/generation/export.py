"""Writes the knowledge as training data for a language model (SFT, LoRA): JSONL of chat messages.

Each line is one question as the model will meet it in service (same instructions, same data form) and the checked
answer it should write. Superseded, unsure and unanswered passages are never taught. Nothing is trained here.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import date

from rag.errors import GenerationError
from rag.generation.checks import CitedPassage, WrittenAnswer, checked
from rag.generation.prompting import Prompt, request_data
from rag.ports import GenerationRequest
from rag.values import Confidence, Passage, Status
from rag.vietnamese.sentences import sentences

_ROOM = 24_000


def sft_lines(passages: Iterable[Passage], prompt: Prompt, *, today: date) -> Iterator[str]:
    """Give one JSON line a known question: {"messages": [system, user, assistant]}, without a line end.

    A question whose own approved answer would not pass the checks of a draft is left out: it would teach invention.
    """
    for passage in passages:
        if not passage.answer or passage.status is Status.SUPERSEDED or passage.confidence is Confidence.U:
            continue
        for question in passage.questions:
            request = GenerationRequest(question.text, (), (passage,), "vi", today)
            quote = next((a for a in question.answers if a in passage.text), sentences(passage.text)[0])
            cited = [CitedPassage(id=passage.id, quote=quote)]
            written = WrittenAnswer(
                citations=[] if question.is_impossible else cited,
                can_answer=not question.is_impossible,
                answer="" if question.is_impossible else passage.answer,
            )
            if question.is_impossible or _passes(written, request):
                yield _line(request, written, prompt)


def _passes(written: WrittenAnswer, request: GenerationRequest) -> bool:
    try:
        checked(written, request)
    except GenerationError:
        return False
    return True


def _line(request: GenerationRequest, written: WrittenAnswer, prompt: Prompt) -> str:
    data, _ = request_data(request, room=_ROOM)
    said = (("system", prompt.system), ("user", data), ("assistant", written.model_dump_json()))
    return json.dumps({"messages": [{"role": r, "content": c} for r, c in said]}, ensure_ascii=False)
