"""Coverage-guided fuzzing of the card's parsers; not a test, and atheris is no dependency of ours.

Where atheris is installed: `python -m tests.kiosk.card.fuzz_atheris -runs=1000000 -seed=1`. The first byte
of an input chooses the parser; only a `CardError` may come out.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec


def main(arguments: list[str]) -> int:
    """Fuzz until atheris has had enough; 2 where it is not installed."""
    if find_spec("atheris") is None:
        sys.stderr.write("atheris is not installed\n")
        return 2
    atheris = import_module("atheris")
    with atheris.instrument_imports(include=["kiosk.card"]):
        fuzz = import_module("bench.card_fuzz")
        errors = import_module("kiosk.card.errors")
    make_card = import_module("kiosk.card.emulator.personalise").make_card
    known = sorted(fuzz.targets(make_card()).items())

    def one(data: bytes) -> None:
        if data:
            parser = known[data[0] % len(known)][1][0]
            with suppress(errors.CardError):
                parser(data[1:])

    atheris.Setup(arguments, one)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
