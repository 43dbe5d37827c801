"""What tuning learns from: known questions with their passage, and passages that look right and are not.

Each third wording of a passage is held out for the figures before and after. Hard negatives are the best passages by
words that tell other facts; a twin of the right passage is never called wrong.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from rag.rerank.texts import passage_text
from rag.retrieval.index import PassageIndex, SearchQuery
from rag.values import Confidence, Passage, Status
from rag.vietnamese.forms import tokens

HELD_OUT = 3
NEGATIVES = 2


@dataclass(frozen=True, slots=True)
class Example:
    """One question, the text of its passage, and texts of passages that do not answer it: mẫu huấn luyện."""

    question: str
    right: str
    wrong: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """Examples to learn from, and questions held out with the place of their passage among `texts`."""

    examples: tuple[Example, ...]
    held_out: tuple[tuple[str, int], ...]
    texts: tuple[str, ...]
    candidates: tuple[tuple[int, ...], ...]


def material(passages: Iterable[Passage]) -> Material:
    """Split the knowledge into examples and held-out questions, and mine hard negatives by words.

    Raises:
        ValueError: no passage has enough known questions to learn from.
    """
    told = [p for p in passages if p.status is not Status.SUPERSEDED and p.confidence is not Confidence.U]
    finder = PassageIndex([replace(passage, questions=()) for passage in told], None)
    texts = tuple(passage_text(passage) for passage in told)
    examples: list[Example] = []
    held_out: list[tuple[str, int]] = []
    for place, question, is_held_out in _questions(told):
        if is_held_out:
            held_out.append((question, place))
            continue
        wrong = [at for at in by_words(finder, question, 10) if not _twins(told[at], told[place])]
        if wrong:
            examples.append(Example(question, texts[place], tuple(texts[at] for at in wrong[:NEGATIVES])))
    if not examples or not held_out:
        raise ValueError("no passages with several known questions: nothing to learn from")
    candidates = tuple(tuple(by_words(finder, question, 20)) for question, _ in held_out)
    return Material(tuple(examples), tuple(held_out), texts, candidates)


def by_words(finder: PassageIndex, question: str, most: int) -> list[int]:
    """Give the places of the best passages by words, best first."""
    words = tuple(tokens(question))
    scores = finder.legs(SearchQuery(words, words, None)).scores[:4].sum(axis=0)
    return [int(place) for place in (-scores).argsort(kind="stable")[:most]]


def _questions(passages: Sequence[Passage]) -> Iterator[tuple[int, str, bool]]:
    for place, passage in enumerate(passages):
        real = [question.text for question in passage.questions if not question.is_impossible]
        for number, text in enumerate(real):
            yield place, text, number % HELD_OUT == HELD_OUT - 1


def _twins(one: Passage, other: Passage) -> bool:
    return one.id == other.id or one.title == other.title or bool(set(one.fact_ids) & set(other.fact_ids))
