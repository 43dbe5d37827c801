"""Writes the page of figures: a table by topic, F1 bars, and the calibration of confidence, as one HTML file.

Only measured numbers; the page draws its own SVG and loads nothing.
"""

from collections.abc import Sequence
from html import escape

from rag.evaluation.topics import Asked, TopicFigures, by_topic, calibration

_HEAD = """<!doctype html><html lang="vi"><meta charset="utf-8"><title>Chất lượng hỏi đáp</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2733}
table{border-collapse:collapse;width:100%}td,th{padding:.3rem .6rem;border-bottom:1px solid #dde3ea;text-align:right}
td:first-child,th:first-child{text-align:left}svg{max-width:100%;height:auto}.note{color:#5b6b7b}</style>"""
_BAR, _LEFT, _WIDE, _PLOT = 24, 260, 760, 320


def page(asked: Sequence[Asked]) -> str:
    """Give the page for the outcome of `rag.evaluation.topics.ask_everything`."""
    figures = by_topic(asked)
    total = max(sum(f.questions for f in figures), 1)
    mean = sum(f.f1 * f.questions for f in figures) / total
    return "\n".join(
        (
            _HEAD,
            f"<h1>Chất lượng hỏi đáp</h1><p>{total} câu hỏi, F1 trung bình {mean:.3f}.</p>",
            '<p class="note">Mỗi câu được hỏi khi kho kiến thức chưa biết cách diễn đạt đó (hai phần chéo nhau).</p>',
            _table(figures),
            "<h2>F1 theo chủ đề</h2>",
            _bars(figures),
            "<h2>Độ tin cậy so với thực tế</h2>",
            _calibration_plot(calibration(asked)),
            "</html>",
        )
    )


def _table(figures: Sequence[TopicFigures]) -> str:
    head = "<tr><th>Chủ đề<th>Số câu<th>Precision<th>Recall<th>F1<th>Đúng đoạn<th>Trong 5 đoạn đầu</tr>"
    rows = (
        f"<tr><td>{escape(f.topic)}<td>{f.questions}<td>{f.precision:.3f}<td>{f.recall:.3f}<td>{f.f1:.3f}"
        f"<td>{f.right_passage:.3f}<td>{f.among_five:.3f}</tr>"
        for f in figures
    )
    return f"<table>{head}{''.join(rows)}</table>"


def _bars(figures: Sequence[TopicFigures]) -> str:
    height = _BAR * len(figures) + 10
    parts = [f'<svg viewBox="0 0 {_WIDE} {height}" role="img" aria-label="F1 theo chủ đề">']
    for number, f in enumerate(figures):
        y = number * _BAR
        wide = f.f1 * (_WIDE - _LEFT - 60)
        parts.append(
            f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end" font-size="13">{escape(f.topic[:36])}</text>'
            f'<rect x="{_LEFT}" y="{y + 4}" width="{wide:.1f}" height="16" fill="#2f6fb7"/>'
            f'<text x="{_LEFT + wide + 6:.1f}" y="{y + 16}" font-size="13">{f.f1:.2f}</text>'
        )
    return "".join((*parts, "</svg>"))


def _calibration_plot(points: Sequence[tuple[float, float, int]]) -> str:
    def at(x: float, y: float) -> str:
        return f"{40 + x * (_PLOT - 60):.1f},{_PLOT - 40 - y * (_PLOT - 60):.1f}"

    dots = "".join(
        '<circle cx="{}" cy="{}" r="5" fill="#c8552b"/>'.format(*at(sure, right).split(","))
        for sure, right, _ in points
    )
    line = " ".join(at(sure, right) for sure, right, _ in points)
    return (
        f'<svg viewBox="0 0 {_PLOT} {_PLOT}" width="{_PLOT}" role="img" aria-label="Độ tin cậy">'
        f'<polyline points="{at(0, 0)} {at(1, 1)}" stroke="#9aa7b4" stroke-dasharray="4" fill="none"/>'
        f'<polyline points="{line}" stroke="#c8552b" fill="none"/>{dots}'
        f'<text x="{_PLOT // 2}" y="{_PLOT - 8}" text-anchor="middle" font-size="13">tin cậy → đúng thật</text></svg>'
    )
