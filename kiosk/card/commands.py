"""The verbs of the card: `read-card`, `card-doctor`, `csca-import`.

What `read-card` prints goes to whoever holds the card and sits at the machine; it is the one place where the
fields are shown in full; `--masked` hides the person, for a report to whoever helps. `--trace` shows APDUs,
with a warning first.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from core.contracts.citizen_id import CitizenId
from kiosk.card.csca import CscaStore, import_master_list
from kiosk.card.doctor import examine_readers, examine_store
from kiosk.card.emulator.personalise import make_card
from kiosk.card.emulator.transport import EmulatedTransport
from kiosk.card.errors import CardError, MalformedDataError
from kiosk.card.keys import AccessKey, Can, MrzKey, access_keys
from kiosk.card.pcsc import choose_reader, list_readers
from kiosk.card.printed import PrintedCard, compare, parse_printed
from kiosk.card.reader import ReadOptions, read_card
from kiosk.card.tap import read_shortening
from kiosk.card.values import CardReading, Phase
from kiosk.clock import SystemClock
from kiosk.finding import Finding
from kiosk.settings import load_settings

if TYPE_CHECKING:
    from kiosk.card.ports import Transport

_WARNING = "CẢNH BÁO: --trace in cả dữ liệu cá nhân trên thẻ. Không lưu, không gửi cho ai.\n"


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the verbs; each sets `func`, which takes the parsed arguments and gives the exit status."""
    read = subparsers.add_parser("read-card", help="read the card on the reader and judge its chip")
    read.add_argument("--reader", default=None, help="part of the reader's name")
    read.add_argument("--emulated", action="store_true", help="read a fictional card that needs no reader")
    key = read.add_mutually_exclusive_group()
    key.add_argument(
        "--number",
        help="the twelve digits, - to type them unseen; with --born and --issued also for cards without PACE",
    )
    key.add_argument("--qr", help="the text of the card's code, - to give it on standard input")
    key.add_argument("--mrz", help="the 24 characters of number, birth and expiry with check digits, or -")
    read.add_argument("--born", type=date.fromisoformat, default=None, help="YYYY-MM-DD")
    read.add_argument("--issued", type=date.fromisoformat, default=None, help="YYYY-MM-DD")
    _add_store(read)
    read.add_argument("--portrait", type=Path, default=None, help="write the portrait to this file")
    read.add_argument("--trace", action="store_true", help="show every APDU: personal data!")
    read.add_argument("--masked", action="store_true", help="hide the person, for a report")
    read.add_argument("--json", action="store_true")
    read.set_defaults(func=run_read_card)
    doctor = subparsers.add_parser("card-doctor", help="what is wrong with readers and the issuer store")
    _add_store(doctor)
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(func=run_card_doctor)
    store = subparsers.add_parser("csca-import", help="take a country's issuers from a master list")
    store.add_argument("file", type=Path)
    _add_store(store)
    store.add_argument("--country", default="VN")
    store.set_defaults(func=run_csca_import)


def _add_store(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--csca", type=Path, default=None, help="folder of trusted issuers; the kiosk's own when not given"
    )


def _store_of(chosen: argparse.Namespace) -> Path:
    folder: Path | None = chosen.csca
    return folder or load_settings().issuers


def run_read_card(chosen: argparse.Namespace) -> int:
    """Read one card and print what it says; 0 when it was read, 1 when not, 2 when the key is no key."""
    try:
        _ask_for_what_is_hidden(chosen)
        printed = parse_printed(chosen.qr) if chosen.qr else None
        keys = keys_of(chosen)
    except (ValueError, MalformedDataError) as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if chosen.trace:
        sys.stderr.write(_WARNING)
    try:
        reading = _read(chosen, keys)
    except CardError as error:
        sys.stderr.write(json.dumps({"error": error.code, "detail": error.detail}) + "\n")
        return 1
    if chosen.portrait is not None and reading.portrait is not None:
        chosen.portrait.write_bytes(reading.portrait.image)
    shown = as_json(reading, printed)
    if chosen.masked:
        shown["holder"] = {"number": reading.holder.citizen_id.masked}
    sys.stdout.write(json.dumps(shown, ensure_ascii=False, indent=None if chosen.json else 2) + "\n")
    return 0


def _ask_for_what_is_hidden(chosen: argparse.Namespace) -> None:
    """Take what is given as `-` from standard input, so that no other process sees it in the command line."""
    for name in ("number", "qr", "mrz"):
        if getattr(chosen, name) == "-":
            unseen = sys.stdin.isatty()
            setattr(chosen, name, (getpass(f"{name}: ") if unseen else sys.stdin.readline()).strip())


def keys_of(chosen: argparse.Namespace) -> tuple[AccessKey, ...]:
    """The keys that the arguments give, best first.

    Raises:
        ValueError: when they give none, or what they give is no key.
    """
    if chosen.qr:
        return parse_printed(chosen.qr).keys
    if chosen.mrz:
        key = MrzKey.parse(chosen.mrz)
        digits = key.document_number[-6:]
        return (Can(digits), key) if digits.isdigit() else (key,)
    if chosen.number:
        return access_keys(CitizenId.parse(chosen.number), born_on=chosen.born, issued_on=chosen.issued)
    if chosen.emulated:
        return ()
    raise ValueError("one of --number, --qr, --mrz is needed")


def _read(chosen: argparse.Namespace, keys: Sequence[AccessKey]) -> CardReading:
    if chosen.emulated:
        card = make_card()
        transport = _traced(EmulatedTransport(card), chosen)
        return read_card(transport, keys or card.keys, store=card.issuer.store(), at=SystemClock().now())
    name = choose_reader(chosen.reader, list_readers())
    store = CscaStore.load(_store_of(chosen))

    def attempt(link: Transport, options: ReadOptions) -> CardReading:
        at = SystemClock().now()
        return read_card(_traced(link, chosen), keys, store=store, at=at, on_phase=_tell, options=options)

    return read_shortening(name, attempt)


def _tell(phase: Phase) -> None:
    sys.stderr.write(f"{phase.value}…\n")


def _traced(transport: Transport, chosen: argparse.Namespace) -> Transport:
    return Traced(transport) if chosen.trace else transport


@dataclass(slots=True)
class Traced:
    """A transport that shows every APDU on the error stream; only by an explicit switch."""

    inner: Transport

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU and show it."""
        sys.stderr.write(f"> {command.hex()}\n")
        answer = self.inner.transmit(command)
        sys.stderr.write(f"< {answer.hex()}\n")
        return answer


def as_json(reading: CardReading, printed: PrintedCard | None = None) -> dict[str, object]:
    """A reading in full, for the person at the machine: personal data, not for a log."""
    holder = reading.holder
    details = asdict(holder.details) if holder.details else None
    fields = {
        "number": holder.citizen_id.value,
        "full_name": holder.full_name,
        "born_on": holder.born_on,
        "sex": holder.sex,
        "nationality": holder.nationality,
        "expires_on": holder.expires_on,
        "details": details,
    }
    portrait = reading.portrait
    return {
        "holder": _plain(fields),
        "portrait": {"format": portrait.format.value, "bytes": len(portrait.image)} if portrait else None,
        "verdict": reading.genuineness.verdict.value,
        "reasons": [reason.value for reason in reading.genuineness.reasons],
        "warnings": [oddity.value for oddity in compare(holder, printed)],
        "access": reading.access.value,
        "files": list(reading.files),
        "seconds": round(reading.seconds, 4),
        "apdus": reading.apdus,
        "phases": [
            {"phase": one.phase.value, "seconds": round(one.seconds, 4), "apdus": one.apdus}
            for one in reading.timings
        ],
    }


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value.isoformat() if isinstance(value, date) else value


def run_card_doctor(chosen: argparse.Namespace) -> int:
    """Say what is wrong; 1 when something is bad."""
    findings: tuple[Finding, ...] = (*examine_readers(), examine_store(_store_of(chosen)))
    if chosen.json:
        sys.stdout.write(json.dumps([asdict(one) for one in findings], ensure_ascii=False) + "\n")
    else:
        for one in findings:
            mend = f"\n        → {one.mend}" if one.mend else ""
            sys.stdout.write(f"{one.state:5} {one.part}: {one.what}{mend}\n")
    return 1 if any(one.state == "bad" for one in findings) else 0


def run_csca_import(chosen: argparse.Namespace) -> int:
    """Import a master list into the store."""
    try:
        written = import_master_list(chosen.file.read_bytes(), _store_of(chosen), country=chosen.country)
    except (CardError, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    sys.stdout.write(f"{len(written)}\n")
    return 0
