"""Candidate lists from a terminal: see what a file would change, bring it in. `__main__` prints what these return."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Coroutine
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from core.commands import opened, the_school
from core.exams.cells import time_of
from core.exams.domain import ListRefusedError
from core.exams.planning import ListPlan
from core.exams.sheet import Defaults, parse_exam_sheet
from core.settings import CoreSettings

_ACTOR = "operator"
_Work = Callable[..., Coroutine[Any, Any, dict[str, Any]]]


async def preview_exam(
    settings: CoreSettings, school: str | None, file: Path, defaults: Defaults, *, complete: bool
) -> dict[str, Any]:
    """What a candidate list would change; nothing is written."""
    sheet = parse_exam_sheet(await asyncio.to_thread(file.read_bytes), defaults)
    async with opened(settings) as core, core.database.transaction(await the_school(core, school)) as tx:
        return _shown(await core.exam_lists.plan(tx, sheet, drop=complete))


async def import_exam(
    settings: CoreSettings, school: str | None, file: Path, defaults: Defaults, *, complete: bool
) -> dict[str, Any]:
    """Bring a candidate list in: all of it, or nothing with a remark for each line that cannot be taken."""
    sheet = parse_exam_sheet(await asyncio.to_thread(file.read_bytes), defaults)
    async with opened(settings) as core:
        school_id = await the_school(core, school)
        try:
            async with core.database.transaction(school_id) as tx:
                plan = await core.exam_lists.apply(tx, sheet, _ACTOR, drop=complete)
        except ListRefusedError:
            async with core.database.transaction(school_id) as tx:
                plan = await core.exam_lists.plan(tx, sheet, drop=complete)
            return _shown(plan) | {"imported": False}
    return _shown(plan) | {"imported": True}


def _shown(plan: ListPlan) -> dict[str, Any]:
    return {
        "candidates": plan.candidates,
        "changes": plan.changes,
        "dropped": len(plan.dropped),
        "kept": plan.kept,
        "rooms": [
            {
                "title": one.plan.title,
                "room": one.plan.room,
                "starts_at": one.plan.starts_at.isoformat(),
                "ends_at": one.plan.ends_at.isoformat(),
                "new": one.session_id is None,
                "added": len(one.added),
                "renumbered": len(one.renumbered),
                "moved": len(one.moved),
                "unchanged": one.unchanged,
            }
            for one in plan.rooms
        ],
        "remarks": [
            {
                "line": one.line,
                "column": one.column.value if one.column else None,
                "reason": one.reason.value,
            }
            for one in plan.remarks
        ],
    }


def add_exam(verbs: Any) -> tuple[argparse.ArgumentParser, ...]:
    """`exam preview|import`."""
    about = "exams, made from candidate lists"
    actions = verbs.add_parser("exam", help=about, description=about).add_subparsers(required=True)
    made: list[argparse.ArgumentParser] = []
    for name, work, told in (
        ("preview", preview_exam, "show what a list would change"),
        ("import", import_exam, "bring a list in: all of it, or nothing"),
    ):
        one = actions.add_parser(name, help=told, description=f"{told}; docs/exams.md names the columns")
        one.add_argument("file", type=Path, help="CSV or XLSX")
        one.add_argument("--title", default="", help="the exam, where the file does not name it")
        one.add_argument("--on", type=date.fromisoformat, help="its day: 2026-12-01")
        one.add_argument("--starts", type=time_of, help="07:30")
        one.add_argument("--ends", type=time_of, help="09:00")
        one.add_argument(
            "--complete", action="store_true", help="who is not in the file is taken off its sittings"
        )
        one.set_defaults(verb=partial(exam_list, work))
        made.append(one)
    return tuple(made)


def exam_list(work: _Work, settings: CoreSettings, chosen: argparse.Namespace) -> dict[str, Any]:
    """What was typed, done."""
    defaults = Defaults(" ".join(chosen.title.split()), chosen.on, chosen.starts, chosen.ends)
    return asyncio.run(work(settings, chosen.school, chosen.file, defaults, complete=chosen.complete))
