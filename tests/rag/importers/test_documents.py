import io
from itertools import chain
from pathlib import Path

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from fpdf import FPDF

from rag.errors import KnowledgeFormError
from rag.importers.documents import DocumentImporter
from rag.importers.extract import page_text, text_of
from rag.values import Confidence

FONTS = chain.from_iterable(
    Path("/usr/share/fonts").rglob(name) for name in ("NotoSans-Regular.ttf", "DejaVuSans.ttf")
)
LINES = ["Điều 7. Chuyển trường", "1. Phụ huynh nộp đơn.", "2. Trường trả lời trong 03 ngày làm việc."]
FONT = next(FONTS, None)
needs_font = pytest.mark.skipif(FONT is None, reason="no font with Vietnamese letters (fonts-noto-core)")


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


@pytest.mark.parametrize(
    ("page", "lines"),
    [
        (
            "<p>Học <b>sinh</b> được\nmiễn <a href='/'>lệ</a> ph<span>í</span>.</p>",
            ["Học sinh được miễn lệ phí."],
        ),
        ("<p>Cấp lại:<br>70.000&nbsp;đồng</p>cuối", ["Cấp lại:", "70.000 đồng", "cuối"]),
        ("<ul><li>một<li>hai</ul>", ["một", "hai"]),
        ("<table><tr><td><p>Lần đầu</p><td>0<tr><td>Mất<td>70.000</table>", ["Lần đầu | 0", "Mất | 70.000"]),
        ("<table><tr><td><p>Menu</p><p>Tin</p><td>Bài</table>", ["Menu", "Tin", "Bài"]),
    ],
)
def test_a_line_of_a_page_is_a_block_and_not_a_change_of_letters(page, lines):
    assert text_of(page.encode(), name="trang.html").split("\n") == lines


def test_a_document_of_headings_alone_is_told_instead_of_giving_nothing():
    with pytest.raises(KnowledgeFormError, match=r"rong.md: holds headings"):
        DocumentImporter().read("## Điều 1. Phí\n".encode(), name="rong.md")


def test_a_name_without_letters_still_gives_ids_that_can_be_told():
    (only,) = DocumentImporter().read("Không thu.".encode(), name="---.md")
    assert only.id == "van-ban-1"


def words(text):
    return f"<w:r><w:t>{text}</w:t></w:r>"


def cell(inside, kind=""):
    return f"<w:tc>{kind}<w:p>{inside}</w:p></w:tc>"


WIDE = '<w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
BOX = (
    '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"><mc:Choice Requires="wps">'
    "<w:txbxContent><w:p>{0}</w:p></w:txbxContent></mc:Choice><mc:Fallback><w:txbxContent><w:p>{0}</w:p>"
    "</w:txbxContent></mc:Fallback></mc:AlternateContent>"
).format(words("Hộp"))


@pytest.mark.parametrize(
    ("inside", "lines"),
    [
        (f'<w:p>{words("Phí")}<w:ins w:id="1" w:author="a">{words(" mới")}</w:ins></w:p>', ["Phí mới"]),
        ('<w:p><w:del w:id="1" w:author="a"><w:r><w:delText>Cũ</w:delText></w:r></w:del></w:p>', []),
        (f"<w:sdt><w:sdtContent><w:p>{words('Ô')}</w:p></w:sdtContent></w:sdt>", ["Ô"]),
        (
            f'<w:p><w:smartTag w:uri="u" w:element="date">{words("Ngày 05/9")}</w:smartTag></w:p>',
            ["Ngày 05/9"],
        ),
        (
            f'<w:p>{words("Ngày ")}<w:fldSimple w:instr="DATE">{words("05/9")}</w:fldSimple></w:p>',
            ["Ngày 05/9"],
        ),
        (f"<w:p><w:r>{BOX}</w:r>{words('Sau')}</w:p>", ["Hộp", "Sau"]),
        (f"<w:tbl><w:tr>{cell(words('Mức'), WIDE)}{cell(words('Tiền'))}</w:tr></w:tbl>", ["Mức | Tiền"]),
        (
            f"<w:tbl><w:tr><w:tc><w:tbl><w:tr>{cell(words('Trong'))}</w:tr></w:tbl></w:tc>{cell(words('Sau'))}</w:tr></w:tbl>",
            ["Trong | Sau"],
        ),
    ],
)
def test_nothing_that_a_word_file_prints_is_lost_and_nothing_struck_out_is_read(inside, lines):
    made, out = docx.Document(), io.BytesIO()
    made.add_paragraph("Đầu")
    body = made.element.body
    part = parse_xml(f"<w:body {nsdecls('w')}>{inside}</w:body>")
    for block in list(part):
        body.insert(len(body) - 1, block)
    made.save(out)
    read = text_of(out.getvalue(), name="a.docx").split("\n")
    assert [line for line in read if line] == ["Đầu", *lines]


LISTS = """
<w:abstractNum {0} w:abstractNumId="90">
  <w:lvl w:ilvl="0"><w:start w:val="3"/><w:numFmt w:val="decimal"/><w:pStyle w:val="Heading1"/><w:lvlText w:val="Điều %1."/></w:lvl>
  <w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl>
  <w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%3)"/></w:lvl>
  <w:lvl w:ilvl="3"><w:start w:val="9"/><w:numFmt w:val="upperRoman"/><w:lvlText w:val="%2.%4"/></w:lvl>
  <w:lvl w:ilvl="4"><w:start w:val="999999999"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%5)"/></w:lvl>
</w:abstractNum>|<w:num {0} w:numId="91"><w:abstractNumId w:val="90"/></w:num>|<w:num {0} w:numId="92">
  <w:abstractNumId w:val="90"/><w:lvlOverride w:ilvl="1"><w:startOverride w:val="1"/></w:lvlOverride></w:num>"""


def listed(made, depth, text, number=91):
    paragraph = made.add_paragraph(text)
    place = f"<w:numPr {nsdecls('w')}><w:ilvl w:val='{depth}'/><w:numId w:val='{number}'/></w:numPr>"
    paragraph._p.get_or_add_pPr().append(parse_xml(place))


def test_the_numbers_that_word_prints_before_its_lists_are_read_as_if_typed():
    made, out = docx.Document(), io.BytesIO()
    for part in LISTS.format(nsdecls("w")).split("|"):
        made.part.numbering_part.element.append(parse_xml(part))
    heading = f"<w:numPr {nsdecls('w')}><w:numId w:val='91'/></w:numPr>"
    made.styles["Heading 1"].element.get_or_add_pPr().append(parse_xml(heading))
    made.add_heading("Phí", 1)
    listed(made, 1, "Không thu.")
    listed(made, 1, "Trừ:")
    listed(made, 2, "thẻ mất;")
    listed(made, 2, "thẻ hỏng.")
    listed(made, 3, "Sâu.")
    listed(made, 4, "Sâu nữa.")
    listed(made, 1, "")
    listed(made, 1, "Bốn.")
    made.add_heading("Hạn", 1)
    listed(made, 1, "Ba ngày.")
    listed(made, 1, "Lại từ đầu.", 92)
    made.add_paragraph("Chấm", style="List Bullet")
    made.add_paragraph("Thường")
    made.save(out)
    assert [line for line in text_of(out.getvalue(), name="a.docx").split("\n") if line] == [
        *("Điều 3. Phí", "1. Không thu.", "2. Trừ:", "a) thẻ mất;", "b) thẻ hỏng.", "2.IX Sâu."),
        *("999999999) Sâu nữa.", "4. Bốn.", "Điều 4. Hạn", "1. Ba ngày.", "1. Lại từ đầu.", "Chấm", "Thường"),
    ]
    assert [one.article for one in DocumentImporter().read(out.getvalue(), name="a.docx")] == [
        *("Điều 3, khoản 1", "Điều 3, khoản 2", "Điều 3, khoản 4", "Điều 4, khoản 1", "Điều 4, khoản 1"),
    ]


@pytest.mark.parametrize("name", ["a.docx", "a.pdf", "a.html", "a.md", "a.exe"])
def test_a_broken_file_is_a_typed_error(name):
    with pytest.raises(KnowledgeFormError, match="a\\."):
        DocumentImporter().read(b"\xff\xfe broken", name=name)


def test_a_file_that_is_too_large_is_refused():
    with pytest.raises(KnowledgeFormError, match="larger"):
        DocumentImporter().read(b"a" * (20 * 1024 * 1024 + 1), name="a.md")


def as_pdf(password=None, lines=LINES, pages=1):
    made = FPDF()
    for _ in range(pages):
        made.add_page()
    if lines:
        made.add_font("vietnamese", "", str(FONT))
        made.set_font("vietnamese", size=12)
        made.multi_cell(0, 8, "\n".join(lines))
    if password is not None:
        made.set_encryption(owner_password="owner", user_password=password)
    return bytes(made.output())


@needs_font
@pytest.mark.parametrize("password", [None, ""])
def test_a_pdf_is_read_also_when_it_only_forbids_printing(password):
    first, second = DocumentImporter().read(as_pdf(password), name="Nội quy.pdf")
    assert (first.article, second.text) == ("Điều 7, khoản 1", LINES[2])


@needs_font
def test_a_locked_pdf_says_what_to_do():
    with pytest.raises(KnowledgeFormError, match=r"luat\.pdf: locked with a password"):
        DocumentImporter().read(as_pdf("bi-mat"), name="luat.pdf")


@pytest.mark.parametrize("ending", ["html", "md"])
def test_a_text_of_another_encoding_says_what_to_do(ending):
    with pytest.raises(KnowledgeFormError, match="save the file as UTF-8"):
        DocumentImporter().read("Điều 1. Lệ phí".encode("utf-16"), name=f"a.{ending}")


class Page:
    """A page of pypdf whose words fall apart when they are read in the order they were drawn."""

    def __init__(self, drawn):
        self._drawn = drawn

    def extract_text(self, extraction_mode="plain"):
        return self._drawn if extraction_mode == "plain" else "  Điều 1. Lệ phí\n\n  Không thu."


def test_words_that_fell_apart_are_read_by_their_places():
    assert page_text(Page("Đi ề u 1. L ệ  phí\nKhông thu.")).split("\n")[0] == "Điều 1. Lệ phí"
    assert page_text(Page("Điều 1.\nLệ phí ở xã: 0 đ.")) == "Điều 1.\nLệ phí ở xã: 0 đ."


def test_a_scan_says_what_to_do():
    with pytest.raises(KnowledgeFormError, match=r"quet\.pdf: holds no text: a scan"):
        DocumentImporter().read(as_pdf(lines=()), name="quet.pdf")


def test_a_pdf_of_too_many_pages_is_refused_by_name():
    with pytest.raises(KnowledgeFormError, match=r"dai\.pdf: more than 1000 pages"):
        DocumentImporter().read(as_pdf(lines=(), pages=1001), name="dai.pdf")
