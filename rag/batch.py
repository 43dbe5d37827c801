"""Answers the questions of a JSON-lines file one by one: every line is checked before the first is answered.

Each answer is written at once, so that what is done stays when the run is stopped.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from rag.answerer import Answerer
from rag.corpus import field_text
from rag.errors import KnowledgeFormError, in_words
from rag.values import Answer, Question, Turn

_USER = frozenset({"user", "human", "parent"})


def read_rows(source: Path) -> list[tuple[Any, Question]]:
    """Read id and question of each line; empty lines count for nothing.

    Raises:
        KnowledgeFormError: the file is not UTF-8, or a line is not a question; the message names the line.
    """
    try:
        lines = source.read_text(encoding="utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise KnowledgeFormError(f"{source.name}: {in_words(error)}") from error
    return list(_rows(lines, source.name))


async def answer_each(answerer: Answerer, rows: list[tuple[Any, Question]], out: TextIO) -> None:
    """Answer each row in order and write it as one line."""
    for id_, question in rows:
        told = {"id": id_, **answer_json(await answerer.answer(question))}
        out.write(f"{_in_utf8(json.dumps(told, ensure_ascii=False))}\n")
        out.flush()


def _in_utf8(line: str) -> str:
    """Give a line of JSON that can be written: half a character, as an id may hold, as its escape."""
    return line.encode("utf-8", "backslashreplace").decode()


def answer_json(answer: Answer) -> dict[str, Any]:
    """Give an answer as plain data, in the form of the answers API."""
    return {
        "behaviour": answer.behaviour.value,
        "answer": answer.text,
        "citations": [
            {**asdict(c), "effective_from": c.effective_from.isoformat() if c.effective_from else None}
            for c in answer.citations
        ],
        "confidence": round(answer.confidence, 4),
        "suggestions": list(answer.suggestions),
        "urgent": answer.urgent,
        "ms": answer.ms,
    }


def _rows(lines: list[str], name: str) -> Iterator[tuple[Any, Question]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _row(json.loads(line))
        except (ValueError, KeyError, RecursionError, KnowledgeFormError) as error:
            raise KnowledgeFormError(f"{name}: line {number}: {in_words(error)}") from error


def _row(raw: Any) -> tuple[Any, Question]:
    if not isinstance(raw, dict):
        raise KnowledgeFormError('not an object such as {"id": 1, "question": "…", "history": []}')
    history = raw.get("history") or ()
    if not isinstance(history, (list, tuple)):
        raise KnowledgeFormError("the field 'history' should be a list")
    question = Question(
        field_text(raw["question"], "question"),
        history=tuple(map(_turn, history)),
        locale=field_text(raw.get("locale"), "locale") or "vi",
        province=field_text(raw.get("province"), "province") or None,
    )
    return raw.get("id"), question


def _turn(raw: Any) -> Turn:
    """Read one turn of history: a plain sentence of the user, or an object with role and text."""
    if isinstance(raw, str):
        return Turn("user", raw)
    if not isinstance(raw, dict):
        raise KnowledgeFormError(
            'a turn of \'history\' should be text or {"role": "user" or "bot", "text": "…"}'
        )
    role = field_text(raw.get("role"), "role").lower() or "user"
    said = field_text(raw.get("text"), "text") or field_text(raw.get("content"), "content")
    return Turn("user" if role in _USER else "bot", said)
