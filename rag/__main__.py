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
    evaluate = commands.add_parser("evaluate", help="measure on a SQuAD 1.1 or 2.0 file")
    evaluate.add_argument("file", type=Path)
    evaluate.add_argument("--queries", choices=("clean", "folded", "telex", "vni", "typos"), default="clean")
    evaluate.add_argument("--mode", choices=("hybrid", "lexical", "dense"), default="hybrid")
    commands.add_parser("index", help="make the vectors of the shipped knowledge")
    lint = commands.add_parser("lint", help="check the knowledge")
    lint.add_argument("--json", action="store_true")
    report = commands.add_parser("report", help="write the page of figures")
    report.add_argument("--out", type=Path, default=Path("rag-report.html"))
    options = parser.parse_args(argv)
    from rag import commands as run

    return int(getattr(run, options.command)(options))


if __name__ == "__main__":
    sys.exit(main())
