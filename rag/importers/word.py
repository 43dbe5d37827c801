"""The text of a Word file as it would be printed: with what tracked changes added, without what they struck out.

The numbers of its lists count as text: clauses are told apart by them. Word keeps text in content controls, smart tags
(around dates and places, by itself), fields, tables in tables and text boxes; `Paragraph.text` of python-docx reads
none of these. Notes, headers and footers are left out.
"""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

from rag.errors import KnowledgeFormError
from rag.importers.numbering import WORD, Numbering, numbering_of

_MOST_UNPACKED = 100 * 1024 * 1024
_WORD = f"{{{WORD}}}"
_PARAGRAPH, _ROW, _CELL, _TEXT = (f"{_WORD}{name}" for name in ("p", "tr", "tc", "t"))
_SIGNS = {
    f"{_WORD}tab": " ",
    f"{_WORD}br": "\n",
    f"{_WORD}cr": "\n",
    f"{_WORD}noBreakHyphen": "-",
}
_STRUCK = f"{_WORD}del", f"{_WORD}moveFrom"
_TWICE = (
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"  # the same box for old readers
)
_UNSEEN = frozenset({*_STRUCK, _TWICE, f"{_WORD}pPr", f"{_WORD}rPr"})


def word_text(data: bytes) -> str:
    """Give the text of a Word file: a line a paragraph and a line a table's row.

    Raises:
        KnowledgeFormError: it unpacks to more than 100 MiB.
    """
    import docx

    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED:
            raise KnowledgeFormError("the document unpacks to too much")
    document = docx.Document(io.BytesIO(data))
    return "\n".join(_lines(document.element.body, numbering_of(document)))


def _lines(element: Any, numbering: Numbering) -> Iterator[str]:
    for child in element.iterchildren():
        if child.tag == _PARAGRAPH:
            number, words = numbering.before(child), "".join(_pieces(child))
            yield f"{number}{words}" if words.strip() else ""
        elif child.tag == _ROW:
            cells = (
                "\n".join(filter(None, _lines(cell, numbering)))
                for cell in child.iter(_CELL)
                if _row_of(cell) is child
            )
            yield " | ".join(filter(None, cells))
        elif child.tag not in _UNSEEN:
            yield from _lines(child, numbering)


def _row_of(cell: Any) -> Any:
    return next(cell.iterancestors(_ROW), None)


def _pieces(element: Any) -> Iterator[str]:
    """Give the text of a paragraph in its order; a text box in it stands on lines of its own."""
    for child in element.iterchildren():
        if child.tag == _TEXT:
            yield child.text or ""
        elif child.tag in _SIGNS:
            yield _SIGNS[child.tag]
        elif child.tag == _PARAGRAPH:
            yield f"\n{''.join(_pieces(child))}\n"
        elif child.tag not in _UNSEEN:
            yield from _pieces(child)
