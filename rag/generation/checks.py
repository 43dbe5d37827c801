"""Trusts nothing a language model wrote: citations, quotes, numbers, dates, document numbers, addresses are looked up.

A draft passes whole or not at all: a corrected draft would be nobody's words.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from rag.generation.claims import claims_in, unsupported
from rag.generation.errors import UnsupportedDraftError
from rag.ports import Draft, GenerationRequest
from rag.values import Passage
from rag.vietnamese.forms import canonical

_LONGEST = 1_500


class CitedPassage(BaseModel):
    """One passage the answer rests on, with words of it."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(description="id of a passage in the data, copied exactly")
    quote: str = Field(
        description="the words of that passage the answer rests on, copied exactly, one sentence"
    )


class WrittenAnswer(BaseModel):
    """The form a model must answer in; quotes come first so that the answer is written from them."""

    model_config = ConfigDict(extra="forbid")

    citations: list[CitedPassage] = Field(description="every passage the answer rests on")
    can_answer: bool = Field(description="false when the passages do not answer the question")
    answer: str = Field(description="the answer in the reader's language, empty when can_answer is false")


def checked(written: WrittenAnswer, request: GenerationRequest) -> Draft:
    """Give the draft of a model's answer when what it claims stands in a cited passage, the first among them.

    Raises:
        UnsupportedDraftError: it does not; the message names the first reasons, without words of the person.
    """
    text = canonical(written.answer)
    if not written.can_answer or not text or len(text) > _LONGEST:
        raise UnsupportedDraftError("no answer, or one too long to be kind")
    cited = _cited(written, request.passages)
    missing = unsupported(claims_in(text), claims_in("\n".join(grounds(passage) for passage in cited)))
    if missing:
        raise UnsupportedDraftError(f"not in a cited passage: {'; '.join(missing[:3])}")
    # The confidence is that passage's. A small model once told a parent something true about another matter.
    if request.passages[0] not in cited:
        raise UnsupportedDraftError("the passage that was judged to answer is not among those cited")
    return Draft(text, tuple(dict.fromkeys(passage.id for passage in cited)))


def grounds(passage: Passage) -> str:
    """Give everything a passage says, its source and dates too, as one text."""
    day = passage.effective_from.isoformat() if passage.effective_from else ""
    end = passage.effective_to.isoformat() if passage.effective_to else ""
    said = (
        passage.title,
        passage.text,
        passage.answer,
        passage.source,
        passage.article,
        passage.since,
        day,
        end,
    )
    return "\n".join(part for part in said if part)


def _cited(written: WrittenAnswer, passages: Sequence[Passage]) -> list[Passage]:
    known = {passage.id: passage for passage in passages}
    if not written.citations:
        raise UnsupportedDraftError("no citation")
    for citation in written.citations:
        if citation.id not in known:
            raise UnsupportedDraftError("a citation of a passage that was not given")
        quote = _plain(citation.quote)
        if not quote or quote not in _plain(grounds(known[citation.id])):
            raise UnsupportedDraftError("a quote that does not stand in its passage")
    return [known[citation.id] for citation in written.citations]


def _plain(text: str) -> str:
    return " ".join(canonical(text).lower().split()).strip(' .…"“”')
