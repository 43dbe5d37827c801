"""Writes the page of figures for people who answer for the bot: what it does with questions, by topic, how sure it is.

Only measured numbers, each said in words; the page draws its own SVG and loads nothing.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from rag.composing import day
from rag.evaluation.topics import Asked, TopicFigures, by_topic, calibration

Behaviours = Mapping[str, Mapping[str, int]]
"""How often what was done for each behaviour wanted."""

_HEAD = """<!doctype html><html lang="vi"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Chất lượng hỏi đáp</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2733}
table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;border-bottom:1px solid #dde3ea;text-align:right}
td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}.note{color:#5b6b7b}
.wide{overflow-x:auto}h2{margin-top:2.2rem}td.right{background:#dcefe0}td.wrong{background:#f7dfd6}</style>"""
_BAR, _LEFT, _WIDE, _PLOT, _EDGE = 26, 270, 760, 380, 50
_TOPICS = {
    "AI": "Trợ lý tự động",
    "AT": "An toàn cho trẻ, lừa đảo",
    "BH": "Bảo hiểm y tế",
    "CC": "Thẻ căn cước",
    "CH": "Chuyển trường, nghỉ học",
    "CT": "Cư trú",
    "DL": "Dữ liệu cá nhân",
    "GH": "Người giám hộ",
    "HP": "Học phí, hỗ trợ",
    "KT": "Khoản thu, nộp tiền",
    "NG": "Nhà giáo, phản ánh",
    "SD": "Chuyển đổi số",
    "TC": "Chính quyền hai cấp",
    "TN": "Thi tốt nghiệp",
    "TS": "Tuyển sinh",
    "VB": "Văn bằng, học bạ",
    "VN": "VNeID",
    "procedures": "Thủ tục hành chính",
}
_DONE = {
    "answer": "trả lời",
    "abstain": "nói chưa biết",
    "personal_data": "mời xác minh",
    "handover": "chuyển người thật",
    "unsafe": "từ chối",
    "greeting": "chào lại",
}

_HOW = (
    "Mỗi câu được hỏi khi kho kiến thức chưa biết cách diễn đạt đó (một nửa số câu dạy, nửa kia để hỏi, rồi đổi lại). "
    "Đúng là dẫn đoạn viết cho câu ấy, hoặc đoạn khác dựa trên cùng một điều luật."
)
_FIGURES = (
    "Chính xác: trong các câu bot đã trả lời ở chủ đề này, bao nhiêu phần đúng. Tìm ra: trong các câu hỏi của chủ đề, "
    "bao nhiêu phần được trả lời đúng. F1: trung bình điều hòa của hai số ấy."
)
_PLOT_READ = (
    "Điểm nằm trên đường nét đứt là nói chắc đúng mức; phía trên là khiêm tốn, phía dưới là quá tự tin. "
    "Chấm to là nhiều câu."
)


def page(asked: Sequence[Asked], made_on: date, behaviours: Behaviours | None = None) -> str:
    """Give the page for what `rag.evaluation.topics.ask_everything` found, and what was done with other messages."""
    figures = by_topic(asked)
    total = max(sum(f.questions for f in figures), 1)
    mean = sum(f.f1 * f.questions for f in figures) / total
    wrong = sum(bool(one.cited) and not one.answers for one in asked)
    refused = sum(not one.cited for one in asked)
    return "\n".join(
        (
            _HEAD,
            (
                f"<h1>Chất lượng hỏi đáp</h1><p>Ngày {day(made_on)}: <b>{total}</b> câu hỏi được thử; "
                f"F1 trung bình <b>{_number(mean, 3)}</b>. Cứ 100 câu thì {_number(100 * wrong / total, 1)} câu "
                f"dẫn nhầm đoạn, {_number(100 * refused / total, 1)} câu bot nói chưa biết.</p>"
            ),
            _note(_HOW),
            "<h2>Theo chủ đề</h2>",
            _bars(figures),
            _table(figures),
            _note(_FIGURES),
            "<h2>Bot nói chắc bao nhiêu thì đúng bấy nhiêu?</h2>",
            _calibration_plot(calibration(asked)),
            _note(_PLOT_READ),
            _confusion(behaviours) if behaviours else "",
            "</html>",
        )
    )


def _note(text: str) -> str:
    return f'<p class="note">{text}</p>'


def _number(value: float, digits: int) -> str:
    """Write a figure as Vietnamese readers do, with a decimal comma."""
    return f"{value:.{digits}f}".replace(".", ",")


def _name(topic: str) -> str:
    return escape(_TOPICS.get(topic, topic))


def _table(figures: Sequence[TopicFigures]) -> str:
    head = (
        "<tr><th>Chủ đề<th>Số câu<th>Chính xác (precision)<th>Tìm ra (recall)<th>F1"
        "<th>Đúng chính đoạn ấy<th>Trong 5 đoạn đầu</tr>"
    )
    rows = (
        f"<tr><td>{_name(f.topic)}<td>{f.questions}"
        + "".join(
            f"<td>{_number(share, 3)}" for share in (f.precision, f.recall, f.f1, f.own_passage, f.among_five)
        )
        for f in figures
    )
    return f'<div class="wide"><table>{head}{"".join(rows)}</table></div>'


def _bars(figures: Sequence[TopicFigures]) -> str:
    height = _BAR * len(figures) + 10
    parts = [f'<svg viewBox="0 0 {_WIDE} {height}" role="img" aria-label="F1 theo chủ đề">']
    for number, f in enumerate(sorted(figures, key=lambda one: -one.f1)):
        y = number * _BAR
        wide = f.f1 * (_WIDE - _LEFT - 60)
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 18}" text-anchor="end" font-size="15">{_name(f.topic)}</text>'
            f'<rect x="{_LEFT}" y="{y + 4}" width="{wide:.1f}" height="18" fill="#2f6fb7"/>'
            f'<text x="{_LEFT + wide + 6:.1f}" y="{y + 18}" font-size="15">{_number(f.f1, 2)}</text>'
        )
    return "".join((*parts, "</svg>"))


def _at(x: float, y: float) -> tuple[float, float]:
    """Give where a share of sureness and a share of rightness stand on the plot."""
    side = _PLOT - 2 * _EDGE
    return round(_EDGE + x * side, 1), round(_PLOT - _EDGE - y * side, 1)


def _calibration_plot(points: Sequence[tuple[float, float, int]]) -> str:
    most = max((number for _, _, number in points), default=1)
    dots = "".join(
        '<circle cx="{}" cy="{}" r="{:.1f}" fill="#c8552b"><title>{} câu</title></circle>'.format(
            *_at(sure, right), 3 + 6 * (number / most) ** 0.5, number
        )
        for sure, right, number in points
    )
    ticks = "".join(
        f'<text x="{_at(share, 0)[0]}" y="{_PLOT - _EDGE + 18}" text-anchor="middle" font-size="13">{share:.0%}</text>'
        f'<text x="{_EDGE - 6}" y="{_at(0, share)[1] + 4}" text-anchor="end" font-size="13">{share:.0%}</text>'
        for share in (0.0, 0.25, 0.5, 0.75, 1.0)
    )
    line = " ".join("{},{}".format(*_at(sure, right)) for sure, right, _ in points)
    ends = " ".join("{},{}".format(*_at(end, end)) for end in (0, 1))
    frame = "M{},{} L{},{} L{},{}".format(*_at(0, 1), *_at(0, 0), *_at(1, 0))
    return (
        f'<svg viewBox="0 0 {_PLOT} {_PLOT}" width="{_PLOT}" role="img" aria-label="Độ tin cậy so với thực tế">'
        f'<path d="{frame}" stroke="#9aa7b4" fill="none"/>{ticks}'
        f'<polyline points="{ends}" stroke="#9aa7b4" stroke-dasharray="4" fill="none"/>'
        f'<polyline points="{line}" stroke="#c8552b" fill="none"/>{dots}'
        f'<text x="{_PLOT // 2}" y="{_PLOT - 8}" text-anchor="middle" font-size="14">bot nói chắc</text>'
        f'<text x="{_EDGE}" y="{_EDGE - 14}" font-size="14">thật sự đúng</text></svg>'
    )


def _confusion(behaviours: Behaviours) -> str:
    names = [name for name in _DONE if name in behaviours or any(name in row for row in behaviours.values())]
    total = sum(sum(row.values()) for row in behaviours.values())
    right = sum(row.get(wanted, 0) for wanted, row in behaviours.items())
    head = "".join(f"<th>{_DONE[name]}" for name in names)
    rows = "".join(
        f"<tr><td>nên {_DONE[wanted]}{''.join(_cell(wanted, done, behaviours[wanted]) for done in names)}</tr>"
        for wanted in names
        if wanted in behaviours
    )
    return (
        f"<h2>Bot làm gì với từng loại tin nhắn?</h2><p>{total} tin nhắn viết riêng để kiểm tra; "
        f"<b>{_number(100 * right / max(total, 1), 1)}%</b> được xử lý đúng cách.</p>"
        f'<div class="wide"><table><tr><th>Cần làm \\ đã làm{head}</tr>{rows}</table></div>'
    )


def _cell(wanted: str, done: str, row: Mapping[str, int]) -> str:
    count = row.get(done, 0)
    kind = ' class="right"' if wanted == done else ' class="wrong"' if count else ""
    return f"<td{kind}>{count or '·'}"
