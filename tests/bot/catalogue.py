"""Every sentence that the bot can say, as people see it: one page, three channel styles, two languages.

`python -m tests.bot.catalogue FOLDER` writes the page and, with Chromium, a picture of each message beside it.
The samples are fictional. A new text whose parameters are not here yet fails the test until they are.
"""

from __future__ import annotations

import asyncio
import html
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.messages import Rendered
from bot.texts import vi
from bot.texts.render import render, say
from tests.support.chromium import INSTALLED, chromium

STYLES = ("Zalo", "Telegram", "Trang chat")
_MENU = [{"code": code, "label": ""} for code in ("menu.ask", "menu.children", "menu.fees", "menu.school")]
_BACK = [{"code": "menu.school", "label": ""}, {"code": "menu.main", "label": ""}]
_CHILDREN = [
    {"name": "Nguyễn Thị Ánh", "class": "6A", "time": "06:52", "late": ""},
    {"name": "Nguyễn Thu Hà", "class": "3B", "time": "", "late": ""},
]
_INVOICES = [
    {
        "child": "Nguyễn Thị Ánh", "title": "Tiền ăn bán trú tháng 11", "amount": 660_000, "paid": 0,
        "due": "30/11/2026", "overdue": False, "reference": "HP7K2M9",
    },
    {
        "child": "Nguyễn Thu Hà", "title": "Nước uống học kỳ I", "amount": 45_000, "paid": 20_000,
        "due": "15/11/2026", "overdue": True, "reference": "HP3D8Q1",
    },
]  # fmt: skip
_GONE = [
    {"title": "Tiền ăn bán trú tháng 10", "child": "Nguyễn Thị Ánh", "withdrawn": True},
    {"title": "Nước uống học kỳ I", "child": "Nguyễn Thu Hà", "withdrawn": False},
]
_OPEN = [
    {"code": "A1B2C3", "since": "07:05 23/11", "by": "", "urgent": "yes"},
    {"code": "D4E5F6", "since": "08:40 23/11", "by": "Cô Hoa", "urgent": ""},
]
SAMPLE: Mapping[str, Any] = {
    "amount": 660_000, "argument": "18", "at": "18:00", "children": _CHILDREN, "closes": "17:00", "code": "A1B2C3",
    "codes": "A1B2C3", "date": "23/11/2026", "due_on": "30/11/2026", "gate": "Cổng chính", "given_name": "Ánh",
    "id": "7f3a91c2", "invoices": _INVOICES, "is_group": True, "kind": "news", "left": 60_000, "let_go": 1,
    "lines": ["✅ Ánh đã đến trường lúc 06:52.", "📢 Mai nghỉ lễ, thứ Ba học lại."], "minutes": 10,
    "mode": "digest", "name": "Cô Hoa", "names": ["Nguyễn Thị Ánh"], "next_day": "23/11", "next_weekday": 0,
    "open": _OPEN, "open_now": False, "opens": "07:00", "qr": "", "reason": "asked", "reference": "HP7K2M9",
    "days": 5, "school": "Trường TH và THCS Hoa Phượng", "text": "Mai cả trường nghỉ, thứ Ba học bình thường.",
    "time": "06:52", "title": "Nghỉ ngày Nhà giáo Việt Nam", "total": 705_000, "until": "18:05 23/11", "urgent": False,
    "url": "https://truong.example/verify#482913", "wanted": [
        {"kind": "arrivals", "mode": "now", "at": "18:00"},
        {"kind": "fees", "mode": "now", "at": "18:00"},
        {"kind": "news", "mode": "digest", "at": "18:00"},
    ],
}  # fmt: skip
OWN: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "days.day": (
        {"day": {"weekday": 0, "date": "23/11", "name": "", "is_own": False}, "ahead": 1, "has_lessons": True, "again": None},
        {
            "day": {"weekday": 4, "date": "05/02", "name": "Nghỉ Tết Đinh Mùi", "is_own": True}, "ahead": 3, "has_lessons": False,
            "again": {"weekday": 0, "date": "15/02"},
        },
    ),
    "ask.answer": (
        {
            "text": "Học bạ bị mất thì anh/chị gửi đơn về trường nơi con đang học để được cấp lại.",
            "citations": [
                {
                    "title": "Cấp lại học bạ", "law": "Thông tư mẫu, Điều 3", "since": "01/09/2025",
                    "quote": "Cơ sở giáo dục cấp lại học bạ khi có đơn.",
                }
            ],
        },
    ),
    "handover.opened": ({"open_now": True}, {"open_now": False}),
    "handover.angry": ({"open_now": True},),
    "menu.number": ({"most": 3}, {"most": 1}),
    "handover.still_open": ({"name": "Cô Hoa"}, {"name": ""}),
    "handover.staff_said": ({"text": "Dạ cô nghe, mẹ Ánh cứ nói ạ."},),
    "handover.staff_alert": ({"text": "cho em gặp cô giáo chủ nhiệm"}, {"urgent": True, "text": "con em mất tích"}, {"urgent": True, "text": "con em mất tích", "only_hears": True}),
    "handover.guardian_said": ({"text": "cháu có sao không cô"},),
    "handover.raised": ({"text": "cho em gặp cô giáo chủ nhiệm"},),
    "desk.you_took": ({"text": "cho em gặp cô"}, {"text": "", "is_group": False}),
    "desk.list": ({}, {"open": []}),
    "teacher.names": ({"children": [{"name": "Ánh", "class": "6A", "teachers": ["Cô Trần Thị Hoa"]}, {"name": "Hà", "class": "3B", "teachers": []}]},),
    "desk.help": ({"able": ["conversations.answer", "check_ins.decide"], "is_group": False},),
    "desk.ended_by": ({}, {"name": ""}),
    "link.linked": ({}, {"children": []}),
    "fees.outstanding": (
        {}, {"invoices": _INVOICES[:1], "total": 660_000, "qr": "000201-mau"}, {"gone": _GONE[1:]},
    ),
    "fees.none": ({}, {"gone": _GONE[:1]}),
    "fees.changed": (
        {"paid": 0},
        {"old_title": "Tiền ăn bán trú tháng 10", "paid": 200_000, "amount": 460_000},
        {"amount": 0, "over": 45_000, "paid": 660_000},
        {"amount": 0, "paid": 660_000},
    ),
    "fees.withdrawn": ({}, {"over": 660_000}),
    "fees.unmatched": ({"title": ""}, {}),
    "digest.daily": (
        {
            "items": [
                {"key": "checkin.arrived", "params": {"time": "06:52", "date": "23/11/2026", "gate": "Cổng chính"}},
                {"key": "fees.issued", "params": {"title": "Tiền ăn", "amount": 660_000, "due_on": "30/11/2026"}},
            ]
        },
    ),
    "preferences.list": (
        {},
        {
            "wanted": [
                {"kind": "arrivals", "mode": "now", "at": "18:00", "waits": "yes"},
                {"kind": "fees", "mode": "now", "at": "18:00"},
                {"kind": "news", "mode": "off", "at": "18:00"},
            ]
        },
    ),
    "preferences.set": (
        {},
        {"kind": "arrivals", "mode": "now", "waits": "yes"},
        *({"kind": "news", "mode": mode, "at": "18:00", "waited": 3} for mode in ("now", "digest", "off")),
    ),
    "broadcast.emergency": ({"title": "Nghỉ học do bão", "text": "Chiều nay toàn trường nghỉ. Mời đón con trước 11:00."},),
}  # fmt: skip


_PICKS = {
    "link.undo_sure": ("link.undo.yes", "menu.main"),
    "link.needed": ("link.start", "verify.page", "menu.school", "menu.main"),
    "handover.offer": ("handover.yes", "menu.main"),
    "preferences.list": ("prefs:arrivals", "prefs:fees", "prefs:news", "menu.main"),
    "preferences.how": (
        "prefs.now",
        "prefs.digest:12",
        "prefs.digest:18",
        "prefs.digest:20",
        "prefs.off",
        "menu.main",
    ),
    "preferences.set": ("menu.preferences", "menu.main"),
    "desk.you_took": ("desk.done:A1B2C3",),
    "desk.sent": ("desk.done:A1B2C3",),
    "gate.which_room": ("gate.all_rooms:A1B2C3",),
    "handover.staff_alert": ("desk.take:A1B2C3",),
    "handover.raised": ("desk.take:A1B2C3",),
}
"""What is really offered under some messages."""
_KIOSK = {
    "mode": "attendance", "locked": "", "waits_for_staff": True, "online": False, "queued": 3, "parked": 0,
    "clock_drift_ms": 3200, "emulated": False, "software": "congtruong 0.9",
}  # fmt: skip
_TET = {
    "name": "Nghỉ Tết Đinh Mùi", "is_off": True, "first": {"weekday": 2, "date": "03/02/2027"},
    "last": {"weekday": 4, "date": "12/02/2027"}, "again": {"weekday": 0, "date": "15/02"},
}  # fmt: skip
OF_A_KIND: Mapping[str, Mapping[str, Any]] = {
    "days.": {
        "spans": [_TET, {**_TET, "name": "Học bù", "is_off": False, "last": None, "again": None}],
        "again": {"weekday": 0, "date": "15/02"},
    },
    "absence.": {
        "class": "6A", "date": "23/11", "time": "07:46", "unexplained": ["Nguyễn Thị Ánh"], "unclear": ["Lê Văn Bình"],
        "excused": 2, "nobody_of": 31, "came": 12, "awaited": 540, "classes": [{"class": "6A", "count": 2}],
    },
    "gate.": {
        "kind": "answer", "answer": "approved", "gates": ["Cổng chính", "Cổng sau"], "state": _KIOSK,
        "rooms": ["Phòng 101", "Phòng 102"], "is_unknown": False, "codes": ["A1", "B2"], "detail": "interrupted", "version": "0.9.1",
    },
    "rights.": {
        "name": "Nguyễn Thị Ánh", "kind": "view", "status": "done", "answer": "Văn phòng đã in bản sao, mời anh/chị đến nhận.",
        "number": "DL-0012", "link": "https://truong.example/chat/files/mau", "due": "08/12/2026", "consents": [
            {"purpose": "attendance_messages", "standing": "given"},
            {"purpose": "face_enrolment", "standing": "not_asked"},
        ],
    },
    "verify.": {
        "name": "Trần Thu Hà", "kind": "two_claims", "level": 3, "child": "Nguyễn Thị Ánh", "class": "6A", "end": "123",
        "approvable": True, "approved": True,
    },
    "fees.": {"title": "Tiền ăn bán trú tháng 11", "child": "Ánh", "total": 660_000},
    "vneid.": {"link": "https://truong.example/signon/mau"},
    "checkin.": {"waits": True, "reason": "face_unsure"},
}  # fmt: skip
"""What the texts of one area need; several areas use one name for different things."""


def variants(key: str) -> tuple[Mapping[str, Any], ...]:
    """The samples for one text: the common one, with what this text needs for itself."""
    talk = key.startswith("handover.") and key not in {"handover.back", "handover.ended", "handover.offer"}
    menu = key.startswith(("menu.", "bot.", "handover.back", "handover.ended"))
    choices = {"choices": [{"code": "handover.end", "label": ""}] if talk else _MENU if menu else _BACK}
    told_without = (
        "absence.",
        "desk.",
        "broadcast.",
        "checkin.",
        "handover.staff",
        "handover.raised",
        "bot.introduction",
    )
    extra = {} if key.startswith(told_without) else choices
    area = OF_A_KIND.get(key.partition(".")[0] + ".", {})
    if key in _PICKS:
        extra = {"choices": [{"code": code, "label": ""} for code in _PICKS[key]]}
    return tuple({**SAMPLE, **area, **extra, **own} for own in OWN.get(key, ({},)))


def messages() -> tuple[str, ...]:
    """The keys of everything that is a message; the words on buttons are seen under them."""
    return tuple(sorted(key for key in vi.TEXTS if not key.startswith(("choice.", "hint."))))


def labels() -> tuple[str, ...]:
    """The keys of the words on buttons."""
    return tuple(sorted(key for key in vi.TEXTS if key.startswith(("choice.", "hint."))))


def page() -> str:
    """The whole catalogue."""
    rows = "".join(_row(key) for key in messages())
    buttons = "".join(
        f"<tr><td><code>{key}</code></td>"
        f"<td>{html.escape(say(key, SAMPLE, 'vi'))}</td><td>{html.escape(say(key, SAMPLE, 'en'))}</td></tr>"
        for key in labels()
    )
    total = f"{len(messages())} tin, {len(labels())} nút"
    return (
        f'<!doctype html><html lang="vi"><meta charset="utf-8"><title>Mọi câu của trợ lý</title><style>{_CSS}</style>'
        f"<h1>Mọi câu của trợ lý ({total})</h1>{rows}<h2>Chữ trên nút</h2><table>{buttons}</table></html>"
    )


def _row(key: str) -> str:
    cells = []
    for params in variants(key):
        for locale in ("vi", "en"):
            shown = render(key, params, locale)
            cells.append("".join(_bubble(style, shown, locale) for style in STYLES))
    grid = "".join(f'<div class="styles">{cell}</div>' for cell in cells)
    return f'<section id="{key}"><h2>{key}</h2>{grid}</section>'


def _bubble(style: str, shown: Rendered, locale: str) -> str:
    # Zalo takes five buttons at most; what is more, and Zalo Bot always, gets numbers to type.
    typed = style == "Zalo" and len(shown.buttons) > 5
    text = shown.typed(say("hint.typed", {}, locale)) if typed else shown.text
    buttons = "" if typed else "".join(f"<b>{html.escape(one.label)}</b>" for one in shown.buttons)
    sources = "".join(
        f"<small>{html.escape(one.title)} · {html.escape(one.law)}</small>" for one in shown.sources
    )
    qr = "<i>[mã QR]</i>" if shown.image_text else ""
    kind = style.rsplit(maxsplit=1)[-1].lower()
    body = f"<p>{html.escape(text)}</p>{qr}{sources}<div>{buttons}</div>"
    return f'<article class="{kind}" lang="{locale}"><header>{style} · {locale}</header>{body}</article>'


_CSS = """
body { font: 15px/1.4 "Noto Sans", Roboto, Arial, sans-serif; margin: 16px; background: #eef1f4; color: #16202b; }
section { background: #fff; border: 1px solid #cfd8e0; border-radius: 8px; padding: 6px 12px 12px; margin: 10px 0; width: 1140px; }
h2 { font: 600 14px monospace; margin: 4px 0; } .styles { display: grid; grid-template-columns: repeat(3, 368px); gap: 10px; margin-top: 6px; }
article { padding: 8px; border-radius: 8px; } article header { font-size: 11px; color: #51606f; } article p { margin: 4px 0; padding: 8px 12px; white-space: pre-line; overflow-wrap: anywhere; }
article small { display: block; color: #51606f; } article b { display: block; font-weight: 500; text-align: center; }
.zalo { background: #e5efff; } .zalo p { background: #fff; border-radius: 12px; } .zalo b { background: #fff; color: #0068ff; border-top: 1px solid #e2e8f0; padding: 8px; }
.telegram { background: #d6e4d4; } .telegram p { background: #fff; border-radius: 12px 12px 12px 2px; } .telegram b { background: #7a9a86; color: #fff; border-radius: 8px; padding: 7px; margin-top: 3px; }
.chat { background: #f2f6f5; } .chat p { background: #fff; border: 1px solid #d5e3df; border-radius: 14px; } .chat b { display: inline-block; border: 1px solid #0b5d4f; color: #0b5d4f; border-radius: 16px; padding: 5px 12px; margin: 3px 4px 0 0; }
table { background: #fff; border-collapse: collapse; } td { border: 1px solid #cfd8e0; padding: 3px 10px; }
"""


async def photograph(folder: Path) -> int:
    """Write the page and a picture of each message; says how many pictures.

    Raises:
        AssertionError: when a message is wider than its phone.
    """
    (folder / "catalogue.html").write_text(page(), "utf-8")
    async with chromium() as browser:
        opened = await browser.new_page(viewport={"width": 1190, "height": 900})
        await opened.goto((folder / "catalogue.html").absolute().as_uri())
        for key in messages():
            box = opened.locator(f"[id='{key}']")
            assert await box.evaluate("one => one.scrollWidth <= one.clientWidth"), key
            await box.screenshot(path=folder / f"{key}.png")
    return len(messages())


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    (target / "catalogue.html").write_text(page(), "utf-8")
    print(f"{len(messages())} messages, {asyncio.run(photograph(target)) if INSTALLED else 0} pictures")
