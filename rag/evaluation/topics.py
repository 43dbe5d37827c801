"""Precision, recall and F1 per topic of the shipped knowledge, each question asked without its own wording known.

A question is answered rightly when its own passage is cited, or one that rests on a fact of it (a procedure and the
facts it is made of answer the same question). One that is refused, or answered otherwise, costs the recall of its
topic; a wrong citation costs the precision of the topic cited. Two folds, as in `rag.fit`. What learned every wording
(the branch for matters) is silent meanwhile, so parents get somewhat better answers than these figures say.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.build import build_embedder
from rag.corpus import load_knowledge
from rag.fit.samples import folds
from rag.fit.silent import Silent
from rag.guard.abstention import load_abstainer
from rag.settings import RagSettings
from rag.values import Passage


@dataclass(frozen=True, slots=True)
class Asked:
    """One question asked: the passage it was written for, what was cited ('' when refused), how sure, near enough.

    `answers` tells that the cited passage is the question's own or rests on one of its facts.
    """

    topic: str
    passage: str
    cited_topic: str
    cited: str
    confidence: float
    among_five: bool
    answers: bool


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """Figures of one topic, 0 to 1; `own_passage` counts only the passage that a question was written for."""

    topic: str
    questions: int
    precision: float
    recall: float
    f1: float
    own_passage: float
    among_five: float


def ask_everything(settings: RagSettings) -> tuple[Asked, ...]:
    """Ask every known question of the knowledge, each in the fold that does not know it."""
    embedder = Silent(build_embedder(settings))
    passages = load_knowledge(settings.knowledge_dir).passages
    abstainer = load_abstainer()
    asked: list[Asked] = []
    for fold in folds(passages, embedder, settings, lambda _: embedder):
        for text, place in fold.asked:
            found = fold.searcher.search(text)
            sure = abstainer.confidence(found, fold.searcher.index)
            first = found.hits[0].passage if found.hits and sure >= settings.answer_threshold else None
            asked.append(_outcome(passages[place], first, sure, among_five=place in found.places[:5]))
    return tuple(asked)


def _outcome(right: Passage, cited: Passage | None, sure: float, *, among_five: bool) -> Asked:
    if cited is None:
        return Asked(right.topic, right.id, "", "", sure, among_five, answers=False)
    answers = cited.id == right.id or bool(set(cited.fact_ids) & set(right.fact_ids))
    return Asked(right.topic, right.id, cited.topic, cited.id, sure, among_five, answers)


def by_topic(asked: Sequence[Asked]) -> tuple[TopicFigures, ...]:
    """Give the figures of each topic, in the order of their names."""
    return tuple(_figures(topic, asked) for topic in sorted({one.topic for one in asked}))


def _figures(topic: str, asked: Sequence[Asked]) -> TopicFigures:
    own = [one for one in asked if one.topic == topic]
    right = sum(one.answers for one in own)
    misled = sum(one.cited_topic == topic and not one.answers for one in asked)
    precision, recall = _share(right, right + misled), _share(right, len(own))
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    exact = sum(one.cited == one.passage for one in own)
    return TopicFigures(
        topic,
        len(own),
        precision,
        recall,
        f1,
        _share(exact, len(own)),
        _share(sum(one.among_five for one in own), len(own)),
    )


def calibration(asked: Iterable[Asked], bins: int = 10) -> tuple[tuple[float, float, int], ...]:
    """Give (mean confidence, share right, number) of each filled bin of confidence, of the questions answered."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for one in asked:
        if one.cited:
            groups.setdefault(min(int(one.confidence * bins), bins - 1), []).append(
                (one.confidence, one.answers)
            )
    return tuple(
        (sum(c for c, _ in group) / len(group), sum(r for _, r in group) / len(group), len(group))
        for _, group in sorted(groups.items())
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
