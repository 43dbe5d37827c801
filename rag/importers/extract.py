"""The visible text of a DOCX, PDF, HTML or Markdown file, line by line. Scanned pages hold no text: no OCR here."""

import io
from typing import TYPE_CHECKING

from rag.errors import KnowledgeFormError, in_words
from rag.importers.word import word_text

if TYPE_CHECKING:
    from pypdf import PageObject

MOST_BYTES = 20 * 1024 * 1024
_MOST_PAGES = 1_000
_BLOCKS = (
    "p, div, br, hr, li, dt, dd, tr, table, caption, h1, h2, h3, h4, h5, h6, blockquote, section, article, header,"
    " footer, main, aside, pre, ul, ol, dl, figure, figcaption, address, form, fieldset, details, summary"
)
_BREAK = "\u2029"  # no page holds it: browsers show nothing for it


def text_of(data: bytes, *, name: str) -> str:
    """Give the text of one document; its kind is told by the ending of `name`.

    Raises:
        KnowledgeFormError: unknown kind, too large (20 MiB, 1,000 pages), broken, or without text.
    """
    if len(data) > MOST_BYTES:
        raise KnowledgeFormError(f"{name}: larger than {MOST_BYTES} bytes")
    readers = {"docx": word_text, "pdf": _pdf, "html": _html, "htm": _html, "md": _plain, "txt": _plain}
    reader = readers.get(name.rpartition(".")[2].lower())
    if reader is None:
        raise KnowledgeFormError(f"{name}: not a DOCX, PDF, HTML or Markdown file")
    try:
        text = reader(data)
    except KnowledgeFormError as error:
        raise KnowledgeFormError(f"{name}: {error}") from error
    except UnicodeDecodeError as error:
        raise KnowledgeFormError(f"{name}: {in_words(error)}") from error
    except Exception as error:
        raise KnowledgeFormError(f"{name}: cannot be read ({type(error).__name__})") from error
    if not text.strip():
        raise KnowledgeFormError(f"{name}: holds no text: a scan must be read by OCR first")
    return text


def _pdf(data: bytes) -> str:
    import pypdf

    reader = pypdf.PdfReader(io.BytesIO(data))
    if reader.is_encrypted and not reader.decrypt(""):
        raise KnowledgeFormError("locked with a password: save it without one first")
    pages = reader.pages
    if len(pages) > _MOST_PAGES:
        raise KnowledgeFormError(f"more than {_MOST_PAGES} pages")
    return "\n".join(map(page_text, pages))


def page_text(page: "PageObject") -> str:
    """Give a page's text; where letters with marks came from another font, words fall apart ("Đi ề u"): look anew.

    The look by places is slower and runs columns together, so it is only taken where a fifth of all words are letters.
    """
    text = page.extract_text()
    words = text.split()
    if 5 * sum(len(word) == 1 and word.isalpha() for word in words) < len(words):
        return text
    placed = page.extract_text(extraction_mode="layout")
    return "\n".join(line.strip() for line in placed.split("\n"))


def _html(data: bytes) -> str:
    """Give a line a block and a line a table's row; words set bold or linked stay within theirs."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(data.decode("utf-8-sig"))
    tree.strip_tags(["script", "style", "template", "noscript", "nav"])
    if tree.body is None:
        return ""
    for alone in tree.body.css("td > p:only-child, th > p:only-child"):
        alone.unwrap()
    for cell in tree.body.css("td + td, td + th, th + th, th + td"):
        cell.insert_before(" | ")
    for block in tree.body.css(_BLOCKS):
        block.insert_before(_BREAK)
        block.insert_after(_BREAK)
    lines = (" ".join(line.split()).strip("| ") for line in tree.body.text().split(_BREAK))
    return "\n".join(filter(None, lines))


def _plain(data: bytes) -> str:
    return data.decode("utf-8-sig")
