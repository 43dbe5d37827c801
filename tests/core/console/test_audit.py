"""The room of the audit trail: filtered, verified, taken out; nothing sealed is shown."""

from __future__ import annotations

import ast
import csv
import io
import typing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text

import core
from core.answers.passages.domain import PassageStatus
from core.audit.domain import AuditEntry
from core.console.audit import lines_of
from core.console.audit_details import NAMES, details
from core.console.audit_texts import ACTIONS, KINDS
from core.console.spreadsheet import as_csv
from core.contracts.commands import Order
from core.db.transaction import Tx
from core.guardians.cases.domain import CaseStatus
from core.guardians.machine import Event
from core.rights.domain import Status
from core.values.clock import SCHOOL_TIME
from tests.core.checkins.conftest import CITIZEN
from tests.core.console.conftest import Browser

HOME = "/console/audit"
CORE = Path(core.__file__).parent


def literal_actions() -> set[str]:
    """Every action that an entry, or a helper that writes one, is given as a plain text."""
    found = set()
    for path in sorted(CORE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("AuditEntry", "_note")):
                texts = {one.value for one in node.args if isinstance(one, ast.Constant)}
                found |= {
                    one
                    for one in texts
                    if isinstance(one, str) and one.partition(".")[0] in KINDS and "." in one
                }
    return found


def literal_details() -> set[str]:
    """The name of everything that an entry tells: in a dict beside where it is written, or as a named argument."""
    found = set()
    for path in sorted(CORE.rglob("*.py")):
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(function, ast.AsyncFunctionDef):
                continue
            nodes = list(ast.walk(function))
            calls = [one for one in nodes if isinstance(one, ast.Call)]
            calls = [one for one in calls if ast.unparse(one.func).endswith(("AuditEntry", "note"))]
            told = [part for one in calls for part in one.args[3:]]
            kept = [one for one in nodes if isinstance(one, ast.Assign | ast.AnnAssign)]
            told += [one.value for one in kept if calls and "details" in ast.unparse(one).partition(" = ")[0]]
            keys = [key for one in told if isinstance(one, ast.Dict) for key in one.keys]
            found |= {one.value for one in keys if isinstance(one, ast.Constant)}
            found |= {part.arg for one in calls if "_note" in ast.unparse(one.func) for part in one.keywords}
    return {one for one in found if isinstance(one, str)}


def test_what_an_entry_tells_has_words_too() -> None:
    told = literal_details()
    assert {"stage", "reachable", "evidence", "role"} <= told
    assert told - set(NAMES) == set()
    said = details({"reason": "danger", "urgency": "emergency", "after": "revoked", "stage": 2})
    assert said == "lý do: Con có thể gặp nguy hiểm, mức: khẩn, sau: Đã thu hồi, bậc: 2"


def test_every_action_has_words() -> None:
    made = literal_actions()
    assert len(made) > 25
    made |= {f"guardians.{one}" for one in Event} | {
        f"guardians.case_{one}" for one in CaseStatus if one != "open"
    }
    made |= {f"answers.passage_{one}" for one in PassageStatus} | {
        f"rights.{one}" for one in Status if one != "open"
    }
    orders = typing.get_args(typing.get_args(Order)[0])
    made |= {f"devices.ordered_{one.model_fields['kind'].default}" for one in orders}
    assert made - set(ACTIONS) == set()
    assert {one.partition(".")[0] for one in ACTIONS} == set(KINDS)


async def record(tx: Tx, browser: Browser, *entries: AuditEntry) -> None:
    for one in entries:
        await browser.gate.core.audit.record(tx, one)


async def test_the_trail_is_filtered_paged_and_shows_nothing_sealed(browser: Browser) -> None:
    await browser.sign_in()
    built, school_id = browser.gate.core, browser.gate.school_id
    async with built.database.transaction(school_id) as tx:
        sealed = AuditEntry("system", "fees.charged", "charge:1", {"pupils": 3}, {"content": CITIZEN})
        await record(tx, browser, sealed)
        (head,) = [one.staff for one in await built.staff.list_accounts(tx) if one.staff.username == "admin"]
        await record(
            tx, browser, *(AuditEntry(head.actor, "exams.list_imported", "exams") for _ in range(105))
        )
    await browser.gate.send()
    await browser.open(HOME)
    assert "Cô Lan Nhập danh sách thi" in browser.text
    assert "Cổng chính Ghi lượt điểm danh" in browser.text
    assert "Tạo khoản thu" not in browser.text
    older = next(one for one in (await browser.open(HOME)).css("main a") if "Cũ hơn" in one.text())
    await browser.open(older.attributes["href"] or "")
    assert "Tạo khoản thu khoản thu …1 · học sinh: 3 · có nội dung niêm phong" in browser.text
    assert CITIZEN not in browser.html
    await browser.open(f"{HOME}?kind=fees")
    assert "Tạo khoản thu" in browser.text
    assert "Cô Lan Nhập" not in browser.text
    page = await browser.open(f"{HOME}?actor={head.actor}&kind=exams")
    assert len(page.css("tbody tr")) == 100
    today = browser.gate.clock.now().astimezone(SCHOOL_TIME).date()
    page = await browser.open(f"{HOME}?first={today}&last={today}&actor=device")
    assert {one.text() for one in page.css("tbody td:nth-child(3)")} == {"Cổng chính"}
    await browser.open(f"{HOME}?last={today - timedelta(days=1)}")
    assert "Không có mục nào" in browser.text
    for wrong in (
        "first=hôm qua",
        "first=2026-12-02&last=2026-12-01",
        "before=x",
        "before=" + "9" * 40,
        "last=9999-12-31",
        "first=0001-01-01",
    ):
        await browser.open(f"{HOME}?{wrong}")
        assert (browser.status, "Ngày lọc chưa đúng" in browser.text) == (422, True), wrong


async def test_the_chain_is_checked_and_a_changed_entry_is_named(browser: Browser) -> None:
    await browser.sign_in()
    page = await browser.open(f"{HOME}?check=yes")
    mark = page.css_first("p.secret").text()
    number = int(mark.partition(":")[0])
    assert f"Chuỗi nguyên vẹn tới mục số {number}." in browser.text
    await browser.gate.send()
    await browser.open(f"{HOME}?check=yes&noted={mark}")
    assert f"Chuỗi nguyên vẹn tới mục số {number + 1}." in browser.text
    for wrong in ("12", "x:y", f"{number}:{'0' * 64}", f"{number + 9}:{'ab' * 32}", "9" * 5000 + ":ab"):
        await browser.open(f"{HOME}?check=yes&noted={wrong}")
        assert "không khớp" in browser.text, wrong
    async with browser.gate.core.database.transaction(browser.gate.school_id) as tx:
        await tx.session.execute(text("ALTER TABLE audit_entries DISABLE TRIGGER ALL"))
        await tx.session.execute(text("UPDATE audit_entries SET actor = 'system' WHERE number = 2"))
    await browser.open(f"{HOME}?check=yes")
    assert "Chuỗi không còn nguyên vẹn từ mục số 2." in browser.text


async def test_the_trail_is_taken_out_for_a_spreadsheet_and_that_is_an_entry(browser: Browser) -> None:
    await browser.sign_in()
    csrf = await browser.csrf()
    await browser.gate.send()
    await browser.send(HOME, {"csrf": csrf, "kind": "checkins"})
    assert browser.headers["Content-Type"].startswith("text/csv")
    header, line = csv.reader(io.StringIO(browser.html.removeprefix("\ufeff")))
    assert (header[0], line[2], line[4]) == ("Số", "Cổng chính", "Ghi lượt điểm danh")
    assert (await browser.gate.audited())[-1] == "audit.exported"
    await browser.send(HOME, {"csrf": csrf, "first": "mai"})
    assert browser.status == 422
    async with browser.gate.core.database.transaction(browser.gate.school_id) as tx:
        (entry, *_) = await browser.gate.core.audit.list_recent(tx)
    names = {entry.actor: "=HYPERLINK(1)"}
    assert "'=HYPERLINK(1)" in as_csv((), lines_of([entry], names)).decode("utf-8-sig")
