"""Precision, recall and F1 per topic of the shipped knowledge, each question asked without its own wording known.

A question counts for the topic the answer cites; one that is refused costs recall, one answered from another passage's
topic costs that topic's precision. Two folds, as in `rag.fit`.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rag.build import build_embedder
from rag.corpus import load_knowledge
from rag.fit.samples import folds
from rag.guard.abstention import load_abstainer
from rag.settings import RagSettings


@dataclass(frozen=True, slots=True)
class Asked:
    """One question asked: the passage it was written for, what was cited ('' when refused), how sure, near enough."""

    topic: str
    passage: str
    cited_topic: str
    cited: str
    confidence: float
    among_five: bool


@dataclass(frozen=True, slots=True)
class TopicFigures:
    """Figures of one topic, 0 to 1."""

    topic: str
    questions: int
    precision: float
    recall: float
    f1: float
    right_passage: float
    among_five: float


def ask_everything(settings: RagSettings) -> tuple[Asked, ...]:
    """Ask every known question of the knowledge, each in the fold that does not know it."""
    embedder = build_embedder(settings)
    passages = load_knowledge(settings.knowledge_dir).passages
    abstainer = load_abstainer()
    asked: list[Asked] = []
    for fold in folds(passages, embedder, settings):
        for text, place in fold.asked:
            found = fold.searcher.search(text)
            sure = abstainer.confidence(found, fold.searcher.index)
            first = found.hits[0].passage if found.hits and sure >= settings.answer_threshold else None
            right = passages[place]
            asked.append(
                Asked(
                    right.topic,
                    right.id,
                    first.topic if first else "",
                    first.id if first else "",
                    sure,
                    place in found.places[:5],
                )
            )
    return tuple(asked)


def by_topic(asked: Sequence[Asked]) -> tuple[TopicFigures, ...]:
    """Give the figures of each topic, in the order of their names."""
    given = Counter(one.cited_topic for one in asked if one.cited_topic)
    return tuple(
        _figures(topic, [one for one in asked if one.topic == topic], given[topic])
        for topic in sorted({one.topic for one in asked})
    )


def _figures(topic: str, own: Sequence[Asked], given: int) -> TopicFigures:
    right = sum(one.cited_topic == topic for one in own)
    precision, recall = _share(right, given), _share(right, len(own))
    f1 = 2 * precision * recall / (precision + recall) if right else 0.0
    return TopicFigures(
        topic,
        len(own),
        precision,
        recall,
        f1,
        _share(sum(one.cited == one.passage for one in own), len(own)),
        _share(sum(one.among_five for one in own), len(own)),
    )


def calibration(asked: Iterable[Asked], bins: int = 10) -> tuple[tuple[float, float, int], ...]:
    """Give (mean confidence, share right, number) of each filled bin of confidence."""
    groups: dict[int, list[tuple[float, bool]]] = {}
    for one in asked:
        right = one.cited_topic == one.topic if one.cited_topic else False
        groups.setdefault(min(int(one.confidence * bins), bins - 1), []).append((one.confidence, right))
    return tuple(
        (sum(c for c, _ in group) / len(group), sum(r for _, r in group) / len(group), len(group))
        for _, group in sorted(groups.items())
        if any(True for _ in group)
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
