"""Reads SQuAD 1.1 and 2.0 files, ours with sources and dates, or anybody's with contexts and questions only.

Form errors are raised with the place they stand at; meaning (contradictions, dead questions) is `rag.lint`'s.
Files under `knowledge/eval` are never read here.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rag.errors import KnowledgeFormError, in_words
from rag.values import Confidence, KnownQuestion, Passage, Status
from rag.vietnamese.forms import canonical

_MALFORMED = (ValueError, KeyError, TypeError, AttributeError)
_DAY = re.compile(r"\d{4}(?:-\d{2}){0,2}", re.ASCII)
_Make = Callable[[dict[str, Any], dict[str, Any], str], Passage]


@dataclass(frozen=True, slots=True)
class Corpus:
    """Passages, and questions near them that none of them answers: kho kiến thức."""

    passages: tuple[Passage, ...]
    impossible: tuple[KnownQuestion, ...] = ()


def load_knowledge(folder: Path) -> Corpus:
    """Load the shipped knowledge: `topics/*.json`, and `impossible.json` where it exists.

    Raises:
        KnowledgeFormError: a file is not JSON, lacks a field, or an id stands twice.
    """
    passages: list[Passage] = []
    for path in sorted((folder / "topics").glob("*.json")):
        passages.extend(read_squad(path))
    _refuse_twins(passages)
    hard = folder / "impossible.json"
    extra = [q for passage in read_squad(hard) for q in passage.questions] if hard.exists() else []
    own = [q for passage in passages for q in passage.questions if q.is_impossible]
    return Corpus(tuple(passages), tuple(q for q in (*own, *extra) if q.is_impossible))


def read_squad(path: Path) -> tuple[Passage, ...]:
    """Read one SQuAD file; passages without an id get one from their place in the file.

    Raises:
        KnowledgeFormError: the file is not SQuAD.
    """
    return _read(path, _passage)


def read_contexts(path: Path) -> tuple[Passage, ...]:
    """Read contexts and questions of anybody's SQuAD file; what its other fields say is not ours to judge.

    Raises:
        KnowledgeFormError: the file is not SQuAD.
    """
    kept = ("context", "qas")
    return _read(path, lambda raw, _, name: _passage({k: raw[k] for k in kept if k in raw}, {}, name))


def _read(path: Path, passage: _Make) -> tuple[Passage, ...]:
    try:
        raw = _loaded(path.read_text(encoding="utf-8-sig"))
        return tuple(_passages(raw, path.name, passage))
    except (*_MALFORMED, RecursionError) as error:
        raise KnowledgeFormError(f"{path.name}: {in_words(error)}") from error


def _loaded(text: str) -> Any:
    """Read JSON, or rows with one JSON object a line, as data set libraries write them too."""
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        lines = [line for line in text.split("\n") if line.strip()]
        if len(lines) < 2 or not lines[0].rstrip().endswith("}"):
            raise
    return [json.loads(line) for line in lines]


def field_text(value: Any, name: str) -> str:
    """Give a field of a file as text; a number is written out, nothing is no text.

    Raises:
        KnowledgeFormError: it is a list or an object.
    """
    if isinstance(value, (list, dict)):
        raise KnowledgeFormError(f"the field {name!r} should be text")
    return "" if value is None else str(value)


def as_squad(passages: Iterable[Passage]) -> str:
    """Write passages as a SQuAD 2.0 file that `read_squad` reads back, to be reviewed and completed by a person."""
    paragraphs: list[dict[str, Any]] = [
        {
            "id": p.id,
            "title": p.title,
            "context": p.text,
            "source": p.source,
            "article": p.article or None,
            "effective_from": p.effective_from.isoformat() if p.effective_from else None,
            "confidence": p.confidence.value,
            "status": p.status.value,
            "answer": p.answer,
            "qas": [],
        }
        for p in passages
    ]
    content = {"version": "2.0", "data": [{"title": "", "paragraphs": paragraphs}]}
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _passages(raw: Any, name: str, passage: _Make) -> Iterator[Passage]:
    for number, item in enumerate(_nested(raw)):
        for place, paragraph in enumerate(item["paragraphs"]):
            where = f"{name}: data[{number}].paragraphs[{place}]"
            try:
                yield passage(paragraph, item, f"{Path(name).stem}-{number}-{place}")
            except (*_MALFORMED, KnowledgeFormError) as error:
                raise KnowledgeFormError(f"{where}: {in_words(error)}") from error


def _nested(raw: Any) -> Iterator[dict[str, Any]]:
    """Give the articles of a file; rows with one question each (as data set libraries write them) are nested first.

    Such a row says that nothing answers it by having no answer.
    """
    items = raw["data"] if isinstance(raw, dict) else raw
    if not isinstance(items, list) or raw == []:
        raise ValueError("holds neither articles nor rows of SQuAD")
    for item in items:
        if "paragraphs" in item or "question" not in item:
            yield item
            continue
        asked = {"is_impossible": not _texts(item.get("answers")), **item}
        yield {"title": item.get("title"), "paragraphs": [{"context": item["context"], "qas": [asked]}]}


def _passage(raw: dict[str, Any], item: dict[str, Any], fallback_id: str) -> Passage:
    return Passage(
        id=str(raw.get("id") or fallback_id),
        title=canonical(field_text(raw.get("title"), "title") or field_text(item.get("title"), "title")),
        text=canonical(field_text(raw["context"], "context")),
        topic=raw.get("topic") or item.get("topic") or "",
        source=raw.get("source") or "",
        article=raw.get("article") or "",
        effective_from=_date(raw.get("effective_from")),
        effective_to=_date(raw.get("effective_to")),
        since=_since(raw.get("effective_from")),
        province=raw.get("province") or None,
        confidence=Confidence(raw.get("confidence") or "V1"),
        status=Status(raw.get("status") or "cur"),
        answer=canonical(field_text(raw.get("answer"), "answer")),
        corrected_by=tuple(raw.get("corrected_by") or ()),
        fact_ids=tuple(raw.get("fact_ids") or ()),
        procedure_id=raw.get("procedure_id") or None,
        refuses=raw.get("refuses") is True,
        questions=tuple(_question(q, f"{fallback_id}-{i}") for i, q in enumerate(raw.get("qas") or ())),
    )


def _question(raw: dict[str, Any], fallback_id: str) -> KnownQuestion:
    return KnownQuestion(
        id=str(raw.get("id") or fallback_id),
        text=canonical(field_text(raw["question"], "question")),
        answers=tuple(map(canonical, _texts(raw.get("answers")))),
        is_impossible=bool(raw.get("is_impossible", False)),
    )


def _texts(answers: Any) -> list[str]:
    """Give the texts of answers: a list of objects (or of texts), an object of lists, or one text."""
    if isinstance(answers, dict):
        answers = answers["text"]
    if isinstance(answers, str):
        return [answers] if answers else []
    return [str(one["text"] if isinstance(one, dict) else one) for one in answers or ()]


def _date(value: Any) -> date | None:
    """Read a full date; a bare year or month names no day, so none is claimed (`rag.lint` reports it)."""
    if not value:
        return None
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise KnowledgeFormError(f"{value!r} is no date: write it as text, YYYY-MM-DD")
    return date.fromisoformat(value) if value.count("-") == 2 else None


def _since(value: str | None) -> str:
    parts = value.split("-") if value else []
    if len(parts) == 1:
        return f"năm {parts[0]}"
    if len(parts) == 2:
        return f"tháng {int(parts[1])}/{parts[0]}"
    return f"ngày {parts[2]}/{parts[1]}/{parts[0]}" if parts else ""


def _refuse_twins(passages: list[Passage]) -> None:
    seen: set[str] = set()
    for passage in passages:
        if passage.id in seen:
            raise KnowledgeFormError(f"passage id {passage.id!r} stands twice")
        seen.add(passage.id)
