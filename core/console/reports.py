"""The room "Báo cáo tháng": a month in figures, on a page that can be printed, and as a table."""

from __future__ import annotations

from collections.abc import Iterator

from aiohttp import web

from core.console import report_texts
from core.console.desk import Visit
from core.console.spreadsheet import download
from core.reports.domain import Month, Report
from core.reports.service import Reports
from core.values.clock import school_date

HOME = "/console/reports"
_CHOICES = 13
"""So many months can be picked: a school year and one more."""


async def show(visit: Visit) -> web.StreamResponse:
    """GET: the month that is asked for, or the one that heads report on now."""
    month, problem = _asked(visit)
    report = await _report(visit, month)
    now = Month(school_date(visit.desk.clock.now()).replace(day=1))
    choices = [now]
    while len(choices) < _CHOICES:
        choices.append(choices[-1].previous)
    return visit.page(
        "reports.html",
        422 if problem else 200,
        report=report,
        said=report_texts,
        problem=problem,
        choices=choices if month in choices else [*choices, month],
    )


async def table(visit: Visit) -> web.StreamResponse:
    """GET: the same as a table; a month that cannot be told is said on the page."""
    month, problem = _asked(visit)
    if problem:
        return await show(visit)
    report = await _report(visit, month)
    head = ("Báo cáo tháng", f"{month.first:%m/%Y}", f"Số liệu đến hết {report.period.last:%d/%m/%Y}")
    return download(f"bao-cao-{month.name}.csv", head, _lines(report))


def _lines(report: Report) -> Iterator[tuple[object, ...]]:
    for section in report_texts.sections(report):
        for one in section.figures:
            yield section.title, one.name, "" if one.value is None else one.value
    for name in report.gone:
        yield "Lưu ý", "Đã xoá theo thời hạn lưu, nên có thể ít hơn thực tế", report_texts.GONE[name]
    yield ()
    yield "Ngày có học", len(report.days.lessons), "Ngày chưa rõ, không tính", len(report.days.unknown)
    yield report_texts.CLASS_HEAD
    for name, line in report_texts.class_lines(report.arrivals):
        yield name, *report_texts.cells(line)


async def _report(visit: Visit, month: Month) -> Report:
    desk = visit.desk
    reports = Reports(desk.clock, desk.students, desk.calendars, desk.answers.asked)
    async with desk.database.transaction(visit.staff.school_id) as tx:
        return await reports.of(tx, month)


def _asked(visit: Visit) -> tuple[Month, str]:
    """The month to tell, and what was wrong with the one that was asked for."""
    today = school_date(visit.desk.clock.now())
    typed = visit.request.query.get("month", "").strip()
    if not typed:
        return Month.to_report(today), ""
    try:
        month = Month.parse(typed)
    except ValueError:
        return Month.to_report(today), report_texts.BAD_MONTH
    return (Month.to_report(today), report_texts.AHEAD) if month.first > today else (month, "")
