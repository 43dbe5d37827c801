"""Command line of `rag`: parses arguments, calls `rag.commands`, nothing else."""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from rag.errors import RagError, in_words

_FUNCTIONS = {"export-sft": "export_sft", "import": "import_"}


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0, 1 (findings), 2 (bad use), or 130 (stopped)."""
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
    index = commands.add_parser("index", help="make the vectors of the knowledge, or fill a province's store")
    index.add_argument(
        "files", type=Path, nargs="*", help="with a database: more SQuAD files (see `rag import`)"
    )
    index.add_argument("--database", help="PostgreSQL with pgvector; by default CONGTRUONG_RAG_STORE_DSN")
    lint = commands.add_parser("lint", help="check the knowledge")
    lint.add_argument("--json", action="store_true")
    report = commands.add_parser("report", help="write the page of figures")
    report.add_argument("--out", type=Path, default=Path("rag-report.html"))
    _training(commands)
    options = parser.parse_args(argv)
    try:
        from rag import commands as run

        return int(getattr(run, _FUNCTIONS.get(options.command, options.command))(options))
    except KeyboardInterrupt:
        print(f"rag {options.command}: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python complains again as it ends
        return 0
    except (RagError, OSError, ValueError) as error:
        print(f"rag {options.command}: {in_words(error)}", file=sys.stderr)
        return 2


def _training(commands: Any) -> None:
    tune = commands.add_parser("tune", help="fine-tune retrieval models on the knowledge (extra: models)")
    tune.add_argument("--bi", help="bi-encoder: hub name or folder")
    tune.add_argument("--cross", help="cross-encoder: hub name or folder")
    tune.add_argument(
        "--out", type=Path, default=Path("rag-tuned"), help="folder; an interrupted run goes on there"
    )
    tune.add_argument("--epochs", type=int, default=2)
    tune.add_argument("--batch", type=int, default=16)
    tune.add_argument("--rate", type=float, default=2e-5)
    tune.add_argument("--device", help="cpu or cuda; by default a GPU where there is one")
    tune.add_argument("--stop-after", type=int, help="steps, to go on later")
    export = commands.add_parser("export-sft", help="write the knowledge as chat lines for tuning an LLM")
    export.add_argument("--out", type=Path, default=Path("rag-sft.jsonl"))
    export.add_argument("--prompt", default="v1")
    read = commands.add_parser("import", help="split DOCX, PDF, HTML, Markdown into draft passages")
    read.add_argument("files", type=Path, nargs="+")
    read.add_argument("--out", type=Path, required=True)
    read.add_argument("--source", default="", help="name of the document, as it is cited")


if __name__ == "__main__":
    sys.exit(main())
