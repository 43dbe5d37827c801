"""Splits a document into draft passages, one a Khoản (or a Điều without Khoản, or a run of lines without either)."""

import re
from dataclasses import dataclass

from rag.errors import KnowledgeFormError
from rag.importers.extract import text_of
from rag.values import Confidence, Passage
from rag.vietnamese.forms import canonical, fold

_ARTICLE = re.compile(r"^[#*\s]*Điều\s+(\d+[a-zđ]?)\s*[.:]?\s*(.*?)[*\s]*$")
_CLAUSE = re.compile(r"^(\d{1,2})\.\s+\S")
_LONG = 1_200


@dataclass(frozen=True, slots=True)
class DocumentImporter:
    """Reads DOCX, PDF, HTML and Markdown into drafts: bộ nhập tài liệu."""

    def read(self, data: bytes, *, name: str) -> tuple[Passage, ...]:
        """Split one document; the drafts are unsure (U) and dated by nobody yet.

        Raises:
            KnowledgeFormError: the file cannot be read, or has nothing under its headings.
        """
        stem = re.sub(r"[^a-z0-9]+", "-", fold(name.rpartition(".")[0])).strip("-") or "van-ban"
        parts = split(canonical(text_of(data, name=name)))
        if not parts:
            raise KnowledgeFormError(f"{name}: holds headings and nothing under them")
        return tuple(
            Passage(f"{stem}-{n}", title, text, source=name, article=article, confidence=Confidence.U)
            for n, (article, title, text) in enumerate(parts, 1)
        )


def split(text: str) -> list[tuple[str, str, str]]:
    r"""Give (article, title, text) for each part of a text, nothing left out but the headings.

    >>> split("Điều 1. Phí\n1. Không thu.\n2. Trừ thẻ mất.")
    [('Điều 1, khoản 1', 'Phí', '1. Không thu.'), ('Điều 1, khoản 2', 'Phí', '2. Trừ thẻ mất.')]
    """
    parts: list[tuple[str, str, list[str]]] = [("", "", [])]
    article, title = "", ""
    for line in (raw.strip() for raw in text.split("\n")):
        heading, clause = _ARTICLE.match(line), _CLAUSE.match(line)
        if heading:
            article, title = f"Điều {heading[1]}", heading[2]
            parts.append((article, title, []))
        elif clause and article:
            parts.append((f"{article}, khoản {clause[1]}", title, [line]))
        elif line:
            if sum(map(len, parts[-1][2])) + len(line) > _LONG:
                parts.append((*parts[-1][:2], []))
            parts[-1][2].append(line)
    return [(place, name or lines[0][:80], "\n".join(lines)) for place, name, lines in parts if lines]
