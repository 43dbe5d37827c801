import io

import docx
import pytest

from rag.errors import KnowledgeFormError
from rag.importers.documents import DocumentImporter
from rag.values import Confidence

LINES = ["Điều 7. Chuyển trường", "1. Phụ huynh nộp đơn.", "2. Trường trả lời trong 03 ngày làm việc."]


def as_docx():
    made, out = docx.Document(), io.BytesIO()
    for line in LINES:
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("Nội quy.md", "\n\n".join(["## " + LINES[0], *LINES[1:]]).encode()),
        ("Nội quy.html", ("<script>x()</script>" + "".join(f"<p>{x}</p>" for x in LINES)).encode()),
        ("Nội quy.docx", as_docx()),
    ],
)
def test_vietnamese_comes_back_split_by_article_and_clause(name, data):
    first, second = DocumentImporter().read(data, name=name)
    assert (first.id, first.article, first.title) == ("noi-quy-1", "Điều 7, khoản 1", "Chuyển trường")
    assert second.text == LINES[2]
    assert second.confidence is Confidence.U


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.html", "a.md", "a.exe"])
def test_a_broken_file_is_a_typed_error(name):
    with pytest.raises(KnowledgeFormError, match="a\\."):
        DocumentImporter().read(b"\xff\xfe broken", name=name)


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(KnowledgeFormError, match="larger"):
        DocumentImporter().read(b"a" * (20 * 1024 * 1024 + 1), name="a.md")
