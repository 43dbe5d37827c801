"""Parts of documents that are written from the code: between `<!-- name -->` and `<!-- end -->`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown.

    >>> print(table(["a", "b"], [["1", "2"]]), end="")
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def shows(document: Path, name: str, section: str) -> bool:
    """Whether the document's part is as the code has it."""
    return f"<!-- {name} -->\n{section}<!-- end -->" in document.read_text("utf-8")


def write(document: Path, sections: Mapping[str, str]) -> None:
    """Make the generated parts of a document as they are now."""
    text = document.read_text("utf-8")
    for name, section in sections.items():
        found = re.search(rf"<!-- {name} -->\n(.*?)<!-- end -->", text, re.DOTALL)
        assert found, name
        text = text[: found.start(1)] + section + text[found.end(1) :]
    document.write_text(text, encoding="utf-8")
