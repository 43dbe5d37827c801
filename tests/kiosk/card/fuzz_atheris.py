"""Coverage-guided fuzzing of the card's parsers; a program of its own, because atheris ends the process.

`python -m tests.kiosk.card.fuzz_atheris -runs=1000000 -seed=1`. It begins from real files of an emulated card.
The first byte of an input chooses the parser; only a `CardError` may come out. libFuzzer's own limits bound
the memory and the time of one input (`-rss_limit_mb`, `-timeout`).
"""

from __future__ import annotations

import sys
import tempfile
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path


def main(arguments: list[str]) -> int:
    """Fuzz until atheris has had enough; 2 where it is not installed."""
    if find_spec("atheris") is None:
        sys.stderr.write("atheris is not installed\n")
        return 2
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["kiosk.card"]):
        fuzz = import_module("bench.card_fuzz")
        errors = import_module("kiosk.card.errors")
    emulator = import_module("kiosk.card.emulator.personalise")
    card = emulator.make_card(plan=emulator.CardPlan(without=frozenset()))
    known = sorted(fuzz.targets(card).items())

    def one(data: bytes) -> None:
        if data:
            parser = known[data[0] % len(known)][1][0]
            with suppress(errors.CardError):
                parser(data[1:])

    with tempfile.TemporaryDirectory() as corpus:
        for number, (name, (_, seed)) in enumerate(known):
            (Path(corpus) / name).write_bytes(bytes((number,)) + seed)
        atheris.Setup([*arguments, corpus], one)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
