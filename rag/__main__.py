"""Command line of `rag`: parses arguments, calls `rag.commands`, nothing else."""

import argparse
import sys
from pathlib import Path


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 (findings), or 2 (bad use)."""
    parser = argparse.ArgumentParser(prog="rag", description="Hỏi đáp có nguồn cho phụ huynh")
    commands = parser.add_subparsers(dest="command", required=True)
    ask = commands.add_parser("ask", help="answer one question, or a batch")
    ask.add_argument("text", nargs="?")
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--batch", type=Path)
    ask.add_argument("--out", type=Path)
    ask.add_argument("--province")
    ask.add_argument("--locale", default="vi")
    options = parser.parse_args(argv)
    from rag import commands as run

    if options.command == "ask":
        return run.ask(options)
    return 2


if __name__ == "__main__":
    sys.exit(main())
