"""Writes the tables of docs/security.md from the code: `python -m tests.support.security_document`."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from core.app import Core, build_core
from core.consents.grounds import USES
from core.console.door import Door
from core.console.texts import ROLES
from core.guardians.levels import LEVEL_FOR, Feature
from core.rights.retention import ELSEWHERE, KEPT, RULES
from core.settings import CoreSettings
from core.staff.authority import TABLE, Reach, Right, Role
from core.web_app import make_web_app
from tests.bot.chat_table import BUTTONS, STAFF
from tests.support.documents import table, write

DOCUMENT = Path(__file__).parents[2] / "docs" / "security.md"
_REACH = {Reach.NONE: "", Reach.CLASS: "own class", Reach.SCHOOL: "yes"}
_KEY = "a2V5IG9mIG5vYm9keSwgdXNlZCBieSBubyBzY2hvb2w="


def sections() -> dict[str, str]:
    """The generated parts of the document by name."""
    return {
        "roles": _roles(),
        "routes": _routes(_core()),
        "chat": _chat(),
        "grounds": _grounds(),
        "retention": _retention(),
    }


def _core() -> Core:
    secret = dict.fromkeys(("master_key", "session_key"), _KEY)
    return build_core(CoreSettings(database_url="postgresql://nobody@127.0.0.1/none", **secret))  # type: ignore[arg-type]


def _roles() -> str:
    head = ["what", "may be", *(f"{role} ({ROLES[role]})" for role in Role)]
    rows = (
        [right.resource, right.action, *(_REACH[TABLE[role].get(right, Reach.NONE)] for role in Role)]
        for right in Right
    )
    return table(head, rows)


def _routes(core: Core) -> str:
    found = []
    for route in make_web_app(core).router.routes():
        door = getattr(route.handler, "__self__", None)
        if route.method != "HEAD" and isinstance(door, Door) and route.resource:
            found.append([f"`{route.method} {route.resource.canonical}`", f"`{door.right}`"])
    return table(["route", "right"], sorted(found, key=lambda one: one[0].split()[1] + one[0]))


def _chat() -> str:
    """What a staff chat may, and the level that buttons of guardians need."""
    rows = [[f"`{one}`", f"`{right}`"] for one, right in sorted(STAFF.items())]
    needed = {k: v for k, v in BUTTONS.items() if isinstance(v, Feature)}
    rows += [[f"`{one}`", f"level {int(LEVEL_FOR[need])} (`{need}`)"] for one, need in sorted(needed.items())]
    return table(["button or command", "needs"], rows)


def _grounds() -> str:
    rows = [
        [one.what, f"{one.ground}{f', version {one.version}' if one.version else ''}", one.basis, one.ends]
        for one in USES
    ]
    return table(["use", "ground", "by", "ends"], rows)


def _retention() -> str:
    rows = [[f"`{one.table}`", f"{_days(one.keep)} after `{one.column}`", one.why] for one in RULES]
    rows += [[f"`{table}`", "by its own slice", why] for table, why in sorted(ELSEWHERE.items())]
    rows += [[f"`{table}`", "kept", why] for table, why in sorted(KEPT.items())]
    return table(["table", "deleted", "why"], rows)


def _days(keep: timedelta) -> str:
    return f"{keep.days} day{'s' if keep.days > 1 else ''}"


if __name__ == "__main__":
    write(DOCUMENT, sections())
