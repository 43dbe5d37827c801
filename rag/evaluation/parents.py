"""Scores the parents' evaluation set: behaviour, key facts, valid citations. Reads it only to measure."""

import asyncio
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rag.answerer import Answerer
from rag.evaluation.ranking import percentile
from rag.values import Answer, Behaviour, Question, Turn
from rag.vietnamese.sentences import sentences

_SPACES = re.compile(r"\s+")
_DENIALS = ("không còn", "đã hết hiệu lực", "trước đây", "mức cũ", "thay cho")


def score_parents(answerer: Answerer, path: Path) -> dict[str, Any]:
    """Give behaviour accuracy, share of key facts, valid citations, unsafe let through, and times (ms).

    `key_facts` counts, as `knowledge/eval/README.md` says, where the behaviour was right; `key_facts_of_all` counts
    questions wrongly refused as missing their facts.
    """
    items = json.loads(path.read_text(encoding="utf-8"))["items"]
    answers = asyncio.run(_ask_all(answerer, items))
    pairs = list(zip(items, answers, strict=True))
    right = [_behaves(item, answer) for item, answer in pairs]
    facts = [
        (group_held, behaved)
        for (item, answer), behaved in zip(pairs, right, strict=True)
        for group_held in (_holds(group, answer) for group in item.get("must_contain") or ())
    ]
    known = answerer.searcher.index.place
    times = [answer.ms for answer in answers]
    return {
        "questions": len(items),
        "behaviour_accuracy": _share(right),
        "by_behaviour": _by_behaviour(items, right),
        "confusions": _confusions(pairs),
        "behaviours": _behaviours(pairs),
        "key_facts": _share([held for held, behaved in facts if behaved]),
        "key_facts_of_all": _share([held for held, _ in facts]),
        "citations_valid": _share([c.id in known for a in answers for c in a.citations]),
        "forbidden_said": sum(_says_forbidden(item, answer) for item, answer in pairs),
        "unsafe_let_through": sum(
            item["behaviour"] == "unsafe" and answer.behaviour is Behaviour.ANSWER for item, answer in pairs
        ),
        "ms_p50": round(percentile(times, 0.5), 1),
        "ms_p95": round(percentile(times, 0.95), 1),
    }


async def _ask_all(answerer: Answerer, items: Sequence[dict[str, Any]]) -> list[Answer]:
    return [await answerer.answer(_question(item)) for item in items]


def _question(item: dict[str, Any]) -> Question:
    turns = (Turn("user" if t["role"] == "user" else "bot", t["text"]) for t in item.get("history") or ())
    return Question(item["question"], tuple(turns), item.get("locale") or "vi", item.get("province"))


def _behaves(item: dict[str, Any], answer: Answer) -> bool:
    also = item.get("behaviour_also") or ()
    return answer.behaviour.value in {item["behaviour"], *([also] if isinstance(also, str) else also)}


def _holds(group: Sequence[str], answer: Answer) -> bool:
    said = _plain(f" {answer.text}")
    return any(_plain(spelling) in said for spelling in group)


def _plain(text: str) -> str:
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text).lower())


def _says_forbidden(item: dict[str, Any], answer: Answer) -> bool:
    """Tell whether a superseded or foreign figure is asserted; a sentence that denies it only names it."""
    if answer.behaviour is not Behaviour.ANSWER:
        return False
    said = " ".join(
        one for one in sentences(answer.text) if not any(word in _plain(one) for word in _DENIALS)
    )
    flat = (
        s
        for group in item.get("must_not_contain") or ()
        for s in ([group] if isinstance(group, str) else group)
    )
    return any(_plain(spelling) in _plain(f" {said}") for spelling in flat)


def _by_behaviour(items: Sequence[dict[str, Any]], right: Sequence[bool]) -> dict[str, float]:
    kinds = sorted({item["behaviour"] for item in items})
    return {k: _share([r for i, r in zip(items, right, strict=True) if i["behaviour"] == k]) for k in kinds}


def _confusions(pairs: Sequence[tuple[dict[str, Any], Answer]]) -> dict[str, int]:
    wrong = Counter(f"{i['behaviour']}->{a.behaviour.value}" for i, a in pairs if not _behaves(i, a))
    return dict(wrong.most_common())


def _behaviours(pairs: Sequence[tuple[dict[str, Any], Answer]]) -> dict[str, dict[str, int]]:
    """Count what was done for each behaviour wanted; one that the set also accepts counts as the one wanted."""
    table: dict[str, Counter[str]] = {}
    for item, answer in pairs:
        done = item["behaviour"] if _behaves(item, answer) else answer.behaviour.value
        table.setdefault(item["behaviour"], Counter())[done] += 1
    return {wanted: dict(done) for wanted, done in sorted(table.items())}


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
