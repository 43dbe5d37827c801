"""`congtruong-core`: parses arguments, calls `core.commands`, prints one line of JSON."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import json
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

from core import commands, keep_commands
from core.audit.domain import AuditHead
from core.console import desk_texts, exam_texts, roll_texts, texts
from core.db.doors import closed_door
from core.db.transaction import DATABASE_FAULTS
from core.errors import CoreError
from core.exam_commands import add_exam
from core.key_commands import add_api_key
from core.logs import configure_logs
from core.settings import CoreSettings, SettingsError, load_settings
from core.staff.domain import BadStaffError, NewStaff, Role

Answer = dict[str, Any]
Verb = Callable[[CoreSettings, argparse.Namespace], Answer | None]


def main(arguments: list[str] | None = None) -> int:
    """Run one command; 0 when it went well, 1 when not, 2 for wrong arguments."""
    chosen = _parser().parse_args(arguments)
    overrides = {name: getattr(chosen, name, None) for name in ("host", "core_port", "data_dir")}
    try:
        settings = load_settings(**{name: value for name, value in overrides.items() if value is not None})
        configure_logs(settings.log_level)
        verb: Verb = chosen.verb
        answer = verb(settings, chosen)
    except SettingsError as error:
        print(f"congtruong-core: {error}", file=sys.stderr)
        return 1
    except DATABASE_FAULTS as error:
        told = closed_door(error)
        if told is None:
            raise
        print(f"congtruong-core: {told}", file=sys.stderr)
        return 1
    except CoreError as error:
        print(f"congtruong-core: {_said(error)}", file=sys.stderr)
        return 1
    if answer is not None:
        print(json.dumps(answer, ensure_ascii=False), flush=True)
    return 0 if answer is None or (answer.get("intact", True) and answer.get("imported", True)) else 1


def _said(error: CoreError) -> str:
    """The sentence that the console would show, where there is one, and the code with what it names."""
    if isinstance(error, BadStaffError):
        return f"{texts.BAD_FIELDS[str(error.params['field'])]} [{error.code}]"
    told = {**texts.ERRORS, **desk_texts.ERRORS, **roll_texts.FILES, **exam_texts.FILES}.get(error.code, "")
    return f"{told} [{error.code} {json.dumps(error.params, ensure_ascii=False)}]".strip()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="congtruong-core", description=__doc__)
    parser.add_argument("--data", dest="data_dir", help="data folder (default: data)")
    verbs = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, verb: Verb, about: str) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, help=about, description=about)
        made.set_defaults(verb=verb)
        return made

    serve = add("serve", _serve, "serve the API and the console")
    serve.add_argument("--host")
    serve.add_argument("--port", dest="core_port", type=int, help="0 takes a free one")
    serve.add_argument("--json", action="store_true", help="print one line with the URL when ready")
    add("migrate", _migrate, "bring the database to the newest schema")
    school = add("add-school", _add_school, "register a school")
    school.add_argument("name")
    code = add("enrol-code", _enrol_code, "make a one-time code for a kiosk")
    code.add_argument("name", help="the name of the gate")
    staff = add("add-staff", _add_staff, "open a staff account; asks for the password")
    staff.add_argument("username")
    staff.add_argument("display_name")
    staff.add_argument("--role", type=Role, choices=list(Role), default=Role.HEAD)
    staff.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
    roll = add("import-students", _import_students, "bring in the roll that the school exported")
    roll.add_argument("file", type=Path, help="CSV or XLSX")
    add("load-sample", _load_sample, "load the fictional school of the demo")
    verify = _audit(verbs)
    backup = add("backup", _backup, "copy the running database into a new file; the master key is not in it")
    backup.add_argument("file", type=Path)
    restore = add("restore", _restore, "bring a copy back into an empty database, and try the master key")
    restore.add_argument("file", type=Path)
    add("check-sealed", _check_sealed, "open every sealed value once; says how many cannot be opened")
    rotate = add("rotate-keys", _rotate_keys, "give schools new data keys while they work; may be repeated")
    rotate.add_argument("--batch", type=int, default=500, help="values moved in one transaction")
    for one in (code, staff, roll, verify, rotate, *add_api_key(verbs), *add_exam(verbs)):
        one.add_argument("--school", help="id of the school; not needed when there is only one")
    return parser


def _audit(verbs: Any) -> argparse.ArgumentParser:
    """`audit verify`."""
    about = "the trail of who did what"
    actions = verbs.add_parser("audit", help=about, description=about).add_subparsers(required=True)
    verify: argparse.ArgumentParser = actions.add_parser("verify", help="check that the trail is whole")
    verify.add_argument("--noted", help="NUMBER:HEAD as an earlier check of this school printed it")
    verify.set_defaults(verb=_audit_verify)
    return verify


def _serve(settings: CoreSettings, chosen: argparse.Namespace) -> None:
    def ready(url: str) -> None:
        print(json.dumps({"url": url}) if chosen.json else f"Cổng Trường core: {url}", flush=True)

    asyncio.run(commands.serve(settings, ready))


def _migrate(settings: CoreSettings, _chosen: argparse.Namespace) -> Answer:
    return commands.migrate(settings)


def _add_school(settings: CoreSettings, chosen: argparse.Namespace) -> Answer:
    return _run(commands.add_school(settings, chosen.name))


def _enrol_code(settings: CoreSettings, chosen: argparse.Namespace) -> Answer:
    return _run(commands.enrol_code(settings, chosen.school, chosen.name))


def _add_staff(settings: CoreSettings, chosen: argparse.Namespace) -> Answer:
    password = sys.stdin.readline().rstrip("\n") if chosen.password_stdin else _asked_password()
    new = NewStaff(chosen.username, chosen.display_name, chosen.role, password)
    return _run(commands.add_staff(settings, chosen.school, new))


def _asked_password() -> str:
    if not sys.stdin.isatty():
        raise SettingsError("There is no terminal to ask at: give the password by --password-stdin.")
    return getpass.getpass("Mật khẩu (password): ")


def _import_students(settings: CoreSettings, chosen: argparse.Namespace) -> Answer:
    return _run(commands.import_students(settings, chosen.school, chosen.file))


def _load_sample(settings: CoreSettings, _chosen: argparse.Namespace) -> Answer:
    return _run(commands.load_sample(settings))


def _audit_verify(settings: CoreSettings, chosen: argparse.Namespace) -> Answer:
    noted = None
    if chosen.noted:
        number, _, head = chosen.noted.partition(":")
        try:
            noted = AuditHead(int(number), bytes.fromhex(head))
        except ValueError:
            raise SettingsError("--noted takes NUMBER:HEAD, as an earlier check printed it.") from None
    return _run(commands.audit_verify(settings, chosen.school, noted))


def _rotate_keys(settings: CoreSettings, chosen: argparse.Namespace) -> Answer:
    return _run(commands.rotate_keys(settings, chosen.school, chosen.batch))


def _backup(settings: CoreSettings, chosen: argparse.Namespace) -> Answer:
    return _run(keep_commands.backup(settings, chosen.file))


def _restore(settings: CoreSettings, chosen: argparse.Namespace) -> Answer:
    return _run(keep_commands.restore(settings, chosen.file))


def _check_sealed(settings: CoreSettings, _chosen: argparse.Namespace) -> Answer:
    return _run(keep_commands.check_sealed(settings))


def _run(work: Coroutine[Any, Any, Answer]) -> Answer:
    return asyncio.run(work)


if __name__ == "__main__":
    sys.exit(main())
