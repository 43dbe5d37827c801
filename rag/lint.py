"""Checks the knowledge: form, dates, ids, former figures, duplicates, contradictions, dead questions. Repairs nothing.

Form errors stop a file from loading; everything else is a finding, an error or a warning, with where it stands.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

from rag.corpus import read_squad
from rag.correcting import denies
from rag.errors import KnowledgeFormError
from rag.values import Passage, Status
from rag.vietnamese.forms import fold, tokens
from rag.vietnamese.sentences import sentences

_NEAR_TWIN = 0.9
_SAME_THING = 0.6
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LOOSELY_FORMER = re.compile(r"\b(?:hồi trước|lúc trước|trước là|thay (?:mức|số|khoản|cái)) ?\d")
_AMOUNT = re.compile(r"(\d[\d.,]*)\s*(đồng|ngày làm việc|ngày|tháng|tuổi|%|triệu)")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at in the knowledge: điều cần xem lại."""

    level: Literal["error", "warning"]
    rule: str
    where: str
    what: str


def lint(folder: Path) -> tuple[Finding, ...]:
    """Check `topics/*.json` of a knowledge folder; errors first."""
    found: list[Finding] = []
    passages: list[Passage] = []
    paths = sorted((folder / "topics").glob("*.json"))
    if not paths:
        found.append(Finding("error", "form", "topics", "no file of passages (topics/*.json) lies here"))
    for path in paths:
        try:
            passages.extend(read_squad(path))
            found.extend(_raw_form(path))
        except KnowledgeFormError as error:
            found.append(Finding("error", "form", path.name, str(error).removeprefix(f"{path.name}: ")))
    for rule in _RULES:
        found.extend(rule(passages))
    return tuple(sorted(found, key=lambda f: (f.level, f.rule, f.where)))


def _raw_form(path: Path) -> Iterator[Finding]:
    """Check what the reader forgives: dates that name no day, answers that do not stand where they say."""
    content = json.loads(path.read_text(encoding="utf-8-sig"))
    for item in content["data"] if isinstance(content, dict) else content:
        for paragraph in item.get("paragraphs") or ():
            where = f"{path.name}#{paragraph.get('id') or '?'}"
            if not paragraph.get("id"):
                yield Finding("error", "id", where, f"a passage without an id: {paragraph['context'][:40]!r}")
            for name in ("effective_from", "effective_to"):
                value = paragraph.get(name)
                if value and not _DATE.fullmatch(value):
                    yield Finding(
                        "warning", "date", where, f"{name} {value!r} names no day: no date is shown"
                    )
            yield from _answer_places(paragraph, where)


def _answer_places(paragraph: dict[str, object], where: str) -> Iterator[Finding]:
    context = str(paragraph["context"])
    questions = paragraph.get("qas")
    for number, question in enumerate(questions if isinstance(questions, list) else ()):
        place = f"{where}/{question.get('id') or f'qas[{number}]'}"
        if not question.get("id"):
            yield Finding("error", "id", place, "a question without an id")
        if any(not _stands(answer, context) for answer in question.get("answers") or ()):
            yield Finding("error", "answer_start", place, "the answer does not stand there")
        if bool(question.get("answers")) == bool(question.get("is_impossible")):
            yield Finding("error", "is_impossible", place, "answers and is_impossible disagree")


def _stands(answer: object, context: str) -> bool:
    if not isinstance(answer, dict):
        return False
    start, text = answer.get("answer_start"), str(answer["text"])
    return isinstance(start, int) and start >= 0 and context[start : start + len(text)] == text


def _ids(passages: Sequence[Passage]) -> Iterator[Finding]:
    seen: set[str] = set()
    for id_ in (i for p in passages for i in (p.id, *(q.id for q in p.questions))):
        if id_ in seen:
            yield Finding("error", "id", id_, "stands twice")
        seen.add(id_)


def _required(passages: Sequence[Passage]) -> Iterator[Finding]:
    for passage in passages:
        missing = [name for name in ("title", "text", "source", "answer") if not getattr(passage, name)]
        if passage.status is Status.SUPERSEDED and "answer" in missing:
            missing.remove("answer")
        if missing:
            yield Finding("error", "missing", passage.id, f"lacks {', '.join(missing)}")
        if passage.status is Status.LOCAL and not passage.province:
            yield Finding("error", "province", passage.id, "a local rule without its province")


def _dates(passages: Sequence[Passage]) -> Iterator[Finding]:
    for passage in passages:
        start, end = passage.effective_from, passage.effective_to
        if start and end and end < start:
            yield Finding("error", "date", passage.id, f"ends {end} before it starts {start}")
        if passage.status is Status.FUTURE and not passage.since:
            yield Finding("error", "date", passage.id, "not yet in force, but from when?")


def _corrections(passages: Sequence[Passage]) -> Iterator[Finding]:
    by_id = {passage.id: passage for passage in passages}
    for passage in passages:
        if passage.status is not Status.SUPERSEDED:
            continue
        current = [id_ for id_ in passage.corrected_by if id_ in by_id]
        if not current:
            yield Finding(
                "error", "corrected_by", passage.id, "a superseded passage that nothing known corrects"
            )
        if any(by_id[id_].status is Status.SUPERSEDED for id_ in current):
            yield Finding("error", "corrected_by", passage.id, "corrected by a superseded passage")


def _former(passages: Sequence[Passage]) -> Iterator[Finding]:
    """What is former is told from what is asserted by the words of `rag.correcting.DENIALS`, so it says one."""
    for passage in passages:
        for sentence in (*sentences(passage.text), *sentences(passage.answer)):
            if _LOOSELY_FORMER.search(sentence.lower()) and not denies(sentence):
                what = (
                    f"say “trước đây” or “thay cho”, by which the checks know it as former: {sentence[:60]!r}"
                )
                yield Finding("error", "former", passage.id, what)


def _duplicates(passages: Sequence[Passage]) -> Iterator[Finding]:
    bags = [(passage, frozenset(tokens(passage.text))) for passage in passages]
    for (one, a), (other, b) in combinations(bags, 2):
        if len(a & b) >= _NEAR_TWIN * len(a | b):
            yield Finding("warning", "duplicate", one.id, f"says nearly what {other.id} says")


def _dead_questions(passages: Sequence[Passage]) -> Iterator[Finding]:
    owner: dict[str, str] = {}
    for passage in passages:
        real = [question for question in passage.questions if not question.is_impossible]
        if not real:
            yield Finding("warning", "dead", passage.id, "no question leads here")
        for question in real:
            key = " ".join(tokens(fold(question.text)))
            if owner.setdefault(key, passage.id) != passage.id:
                yield Finding("error", "dead", question.id, f"the same question leads to {owner[key]}")


def _contradictions(passages: Sequence[Passage]) -> Iterator[Finding]:
    """Find current passages of one topic that give one kind of amount differently in nearly the same sentence."""
    said: dict[tuple[str, str, str | None], list[tuple[Passage, str, frozenset[str]]]] = defaultdict(list)
    for passage in passages:
        if passage.status is not Status.CURRENT:
            continue
        for sentence in re.split(r"(?<=[.;])\s+", passage.text):
            amounts = _AMOUNT.findall(sentence)
            if len(amounts) == 1:
                value, unit = amounts[0]
                rest = frozenset(tokens(sentence.replace(value, "")))
                said[(passage.topic, unit, passage.province)].append((passage, value.strip(".,"), rest))
    for group in said.values():
        for (one, x, a), (other, y, b) in combinations(group, 2):
            if (
                x.lstrip("0") != y.lstrip("0")
                and len(a & b) >= _SAME_THING * len(a | b)
                and one.id != other.id
            ):
                yield Finding("warning", "contradiction", one.id, f"says {x}, {other.id} says {y}")


_RULES: tuple[Callable[[Sequence[Passage]], Iterator[Finding]], ...] = (
    _ids, _required, _dates, _corrections, _former, _duplicates, _dead_questions, _contradictions,
)  # fmt: skip
