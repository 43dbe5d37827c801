"""The evidence a search leaves: how near, how far ahead, how much of the question is covered, how sure the ranker is.

Every feature lies about in 0..1 and means the same for an index of 40 or 40,000 passages, so that the abstention
model carries over to other knowledge.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from rag.ports import Scores
from rag.retrieval.features import FEATURES as RANKING
from rag.retrieval.features import Asked, features_of
from rag.retrieval.index import LEGS, Legs, PassageIndex
from rag.retrieval.matters import matter_evidence
from rag.retrieval.search import Found
from rag.retrieval.terms import char_grams, folded, with_bigrams
from rag.vietnamese.forms import tokens

Seen = NDArray[np.bool_]

FEATURES = (
    "dense",
    "sentence_dense",
    "lexical_share",
    "sentence_share",
    "gram_share",
    "term_coverage",
    "bigram_coverage",
    "sentence_coverage",
    "dense_above_mean",
    "question_length",
    "ranker_score",
    "ranker_gap",
    "ranker_share",
    "window_words",
    "rare_in_window",
    "known_question",
    "aspect_known",
    "question_dense",
    "unknown_terms",
    "near_and_covered",
    "topic_agrees",
    "question_ahead",
    "legs_agree",
    "ranker_spread",
    "rarest_missing",
    "pairs_unknown",
    "known_asked",
    "accented_coverage",
    "dense_deviations",
    "matter_share",
    "matter_none",
    "matter_told",
)
_TOP = 5
_BEST_SCORE, _FAR_AHEAD = 18.0, 5.0  # the scale of the logistic ranker
_RAREST = 7.0
_DEVIATIONS = 5.0
_COS_LOW, _COS_SPAN = 0.75, 0.2  # multilingual-e5 cosines live between 0.75 and 0.95


def evidence(found: Found, index: PassageIndex) -> tuple[float, ...]:
    """Give the features of `FEATURES` for the first hit of a search."""
    place = found.places[0]
    legs, seen = dict(zip(LEGS, found.legs.scores, strict=True)), _seen(found.legs)
    asked = folded(found.query.repaired)
    said = set(with_bigrams(folded(tokens(_all_text(index, place)))))
    sentence = set(folded(tokens(found.hits[0].sentence)))
    terms = sorted(set(asked))
    weights = [index.folded.idf(term) for term in terms]
    pairs = with_bigrams(asked)[len(asked) :]
    dense = legs["dense"]
    everything = said.union(*index.known(place), folded(tokens(index.passages[place].answer)))
    return (
        _cosine(float(dense[place])),
        _cosine(float(legs["sentence_dense"][place])),
        _share(float(legs["folded"][place]), index.folded.ideal(with_bigrams(asked))),
        _share(float(legs["sentence_terms"][place]), index.folded.ideal(with_bigrams(asked))),
        _share(float(legs["grams"][place]), index.grams.ideal(char_grams(found.query.repaired))),
        _covered(terms, weights, said),
        _covered(pairs, [index.folded.idf(pair) for pair in pairs], said),
        _covered(terms, weights, sentence),
        (float(dense[place]) - float(dense.mean())) / 0.1,
        min(len(asked), 30) / 30,
        *_ranker(found),
        *_relation(found.asked, place, index),
        _nearest_question(legs, place),
        _unknown(terms, weights, index),
        _cosine(float(legs["sentence_dense"][place])) * _covered(terms, weights, said),
        _topic_agrees(found),
        _ahead(legs["question_dense"], place, index, seen),
        _legs_agree(legs, place, seen),
        _spread(found),
        max((w for t, w in zip(terms, weights, strict=True) if t not in everything), default=0.0) / _RAREST,
        _unknown(pairs, [index.folded.idf(pair) for pair in pairs], index),
        _known_asked(asked, place, index),
        _accented(found.query.repaired, place, index),
        _deviations(dense, place),
        *matter_evidence(found.query.matters, index.passages[place].id, index.place, set(found.legs.hidden)),
    )


def _ranker(found: Found) -> tuple[float, float, float]:
    """Give the ranker's score of the first hit, its lead, and its share among the hits."""
    scores = np.asarray([hit.score for hit in found.hits], dtype=np.float64)
    lead = float(scores[0] - scores[1:].max()) if len(scores) > 1 else _FAR_AHEAD
    share = float(1 / np.exp(scores - scores[0]).sum())
    return float(scores[0]) / _BEST_SCORE, float(np.clip(lead / _FAR_AHEAD, -1, 1)), share


def _relation(asked: Asked, place: int, index: PassageIndex) -> tuple[float, ...]:
    """Give how the question's words stand together in the passage, how near a known question is, and the sides."""
    nothing = np.zeros((len(LEGS), len(index.passages)), dtype=np.float32)
    row = dict(zip(RANKING, features_of(asked, place, nothing, index), strict=True))
    names = ("window_words", "rare_in_window", "known_question")
    no_side = 0.0 if asked.aspects else 1.0
    return (*(row[name] for name in names), row["aspect_known"] + no_side)


def _nearest_question(legs: Mapping[str, Scores], place: int) -> float:
    """Give how near the nearest known question is; a base without known questions uses sentences."""
    row = legs["question_dense"] if legs["question_dense"].any() else legs["sentence_dense"]
    return _cosine(max(float(row[place]), float(legs["sentence_dense"][place])))


def _unknown(terms: Sequence[str], weights: Sequence[float], index: PassageIndex) -> float:
    """Give the share of the question's weight that no passage ever says."""
    missing = sum(w for t, w in zip(terms, weights, strict=True) if t not in index.folded)
    return missing / max(sum(weights), 1e-6)


def _topic_agrees(found: Found) -> float:
    """Give the share of the hits next in score that are of the first one's topic."""
    by_score = sorted(found.hits, key=lambda hit: -hit.score)
    topics = [hit.passage.topic for hit in by_score[:_TOP]]
    return sum(topic == topics[0] for topic in topics[1:]) / max(len(topics) - 1, 1)


def _ahead(row: Scores, place: int, index: PassageIndex, seen: Seen) -> float:
    """Give how far the nearest known question is ahead of the nearest one of another topic."""
    here = len(index.passages)
    others = row[:here][(index.topics != index.topics[place]) & seen[:here]]
    return float(np.clip((row[place] - others.max()) / 0.1, -1, 1)) if len(others) else 1.0


def _legs_agree(legs: Mapping[str, Scores], place: int, seen: Seen) -> float:
    """Give the share of the legs that tell passages apart which put the first hit first."""
    told = [row for row in legs.values() if np.ptp(row) > 0]
    best = [int(np.argmax(np.where(seen, row, -np.inf))) == place for row in told]
    return sum(best) / max(len(best), 1)


def _seen(legs: Legs) -> Seen:
    """Tell which scores are of passages that could be found.

    Hidden ones may lie behind the passages: a province's store puts the scores of its sample there.
    """
    seen = np.ones(legs.scores.shape[1], dtype=np.bool_)
    seen[list(legs.hidden)] = False
    return seen


def _known_asked(asked: Sequence[str], place: int, index: PassageIndex) -> float:
    """Give the greatest share of the words of a known question that are asked: a question of more may ask another."""
    said = set(asked)
    return max(
        (len(said.intersection(known)) / len(known) for known in index.known(place) if known), default=0.0
    )


def _accented(asked: Sequence[str], place: int, index: PassageIndex) -> float:
    """Give the share of the question's weight that the passage says with the same marks, known questions included."""
    terms = sorted(set(asked))
    return _covered(terms, [index.accented.idf(term) for term in terms], set(index.accented_words(place)))


def _deviations(dense: Scores, place: int) -> float:
    """Give how many standard deviations the passage's vector is nearer than the mean passage's."""
    spread = float(dense.std())
    return (float(dense[place]) - float(dense.mean())) / spread / _DEVIATIONS if spread > 1e-6 else 0.0


def _spread(found: Found) -> float:
    """Give the entropy of the ranker's shares: many hits that are alike good mean that none is it."""
    scores = np.asarray([hit.score for hit in found.hits], dtype=np.float64)
    share = np.exp(scores - scores.max())
    share /= share.sum()
    return float(-(share * np.log(share + 1e-12)).sum())


def _all_text(index: PassageIndex, place: int) -> str:
    passage = index.passages[place]
    return f"{passage.title}\n{passage.text}"


def _cosine(value: float) -> float:
    return (value - _COS_LOW) / _COS_SPAN


def _share(score: float, ideal: float) -> float:
    return score / ideal if ideal > 0 else 0.0


def _covered(terms: Sequence[str], weights: Sequence[float], said: set[str]) -> float:
    total = sum(weights)
    return sum(w for t, w in zip(terms, weights, strict=True) if t in said) / total if total else 0.0
