"""A school's passage as the index knows it: free text as it is, a form's rows as sentences with likely questions.

Whatever a passage says is data: it can be found and quoted, never obeyed. Its id begins with `school:`, so it cannot
displace a passage of the law; it is cited as "Nhà trường" with the day it was written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.answers.passages.domain import Kind, SchoolPassage
from core.values.clock import school_date
from core.values.money import Vnd, format_vnd
from rag.values import SCHOOL_PREFIX, KnownQuestion, Passage
from rag.vietnamese.forms import canonical

TOPIC = "nha-truong"
Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """One thing to know: what it is about, the words, questions it answers (ý)."""

    title: str
    words: str
    questions: tuple[str, ...]


def passages_of(passage: SchoolPassage) -> tuple[Passage, ...]:
    """The index passages of one passage of the school; the rows of a form as `_FORMS` puts them."""
    phrase = _FORMS.get(passage.content.kind)
    said = phrase(passage) if phrase else (_free(passage),)
    return tuple(_indexed(passage, one, number) for number, one in enumerate(said))


def _indexed(passage: SchoolPassage, said: Said, number: int) -> Passage:
    id_ = f"{SCHOOL_PREFIX}{passage.id}" + (f":{number}" if number else "")
    words = canonical(said.words)
    starts = passage.content.effective_from
    written = school_date(passage.updated_at)
    return Passage(
        id=id_,
        title=canonical(said.title),
        text=words,
        topic=TOPIC,
        source=f"Nhà trường, ngày {written:%d/%m/%Y}",
        article=f"mục “{canonical(said.title)}”",
        effective_from=starts,
        effective_to=passage.content.effective_to,
        since=f"ngày {starts:%d/%m/%Y}" if starts else "",
        answer=words,
        questions=tuple(
            KnownQuestion(f"{id_}:q{place}", canonical(text)) for place, text in enumerate(said.questions, 1)
        ),
    )


def _free(passage: SchoolPassage) -> Said:
    content = passage.content
    return Said(content.title, content.answer, content.questions)


def _hours(passage: SchoolPassage) -> tuple[Said, ...]:
    def line(cells: Cells) -> str:
        place, days, opens, closes, note = cells
        return f"{place}: {days}, từ {opens} đến {closes}" + (f" ({note})" if note else "") + "."

    places = tuple(dict.fromkeys(row.cells[0] for row in passage.content.rows))
    asked = ["Giờ làm việc của trường?", "Trường mở cửa lúc mấy giờ?", "Nhà trường làm việc những ngày nào?"]
    for place in places:
        asked += [
            f"{place} mở cửa mấy giờ?",
            f"{place} đóng cửa lúc nào?",
            f"Thứ bảy {place} có làm việc không?",
        ]
    lines = [line(row.cells) for row in passage.content.rows]
    return (Said("Giờ làm việc của nhà trường", _with_note(passage, lines), tuple(asked)),)


def _contacts(passage: SchoolPassage) -> tuple[Said, ...]:
    general = (
        "Liên hệ nhà trường bằng cách nào?",
        "Cho xin số điện thoại của trường?",
        "Email của trường là gì?",
    )

    def said(cells: Cells, more: tuple[str, ...]) -> Said:
        role, name, phone, email, note = cells
        reach = [f"điện thoại {phone}" if phone else "", f"thư điện tử {email}" if email else "", note]
        who = f"{role} ({name})" if name else role
        words = f"{who}: " + ", ".join(part for part in reach if part) + "."
        asked = (
            f"Số điện thoại của {role}?",
            f"Liên hệ {role} bằng cách nào?",
            f"Muốn gặp {role} thì gọi số nào ạ?",
        )
        return Said(f"Liên hệ {role}", words, asked + more)

    rows = passage.content.rows
    return tuple(said(row.cells, () if number else general) for number, row in enumerate(rows))


def _fees(passage: SchoolPassage) -> tuple[Said, ...]:
    def said(cells: Cells) -> Said:
        title, amount, per, whom, note = cells
        words = f"{title}: {_money(amount)}" + (f" một {per}" if per else "") + (f", {whom}" if whom else "")
        asked = (
            f"{title} bao nhiêu?",
            f"Trường thu {title} bao nhiêu tiền?",
            f"{title} một {per or 'tháng'} bao nhiêu ạ?",
        )
        return Said(f"Mức thu {title}", words + (f" ({note})" if note else "") + ".", asked)

    rows = passage.content.rows
    names = ", ".join(row.cells[0] for row in rows)
    lines = [f"Nhà trường có các khoản thu: {names}. Anh/chị hỏi tên từng khoản để biết mức thu."]
    asked = ("Trường thu những khoản nào?", "Các khoản thu của trường?", "Bảng mức thu của trường năm nay?")
    return (
        Said("Các khoản thu của nhà trường", _with_note(passage, lines), asked),
        *(said(r.cells) for r in rows),
    )


def _with_note(passage: SchoolPassage, lines: list[str]) -> str:
    note = passage.content.answer.strip()
    return "\n".join([*lines, note] if note else lines)


def _money(digits: str) -> str:
    return format_vnd(Vnd(int(digits))) if digits.isdigit() else digits


_FORMS: Mapping[Kind, Callable[[SchoolPassage], tuple[Said, ...]]] = {
    Kind.HOURS: _hours,
    Kind.CONTACTS: _contacts,
    Kind.FEES: _fees,
}
