"""What each command of `rag` does, given parsed arguments; prints results to standard output."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from rag.batch import answer_each, answer_json, read_rows
from rag.build import build_answerer, build_embedder, today_in_vietnam
from rag.corpus import as_squad, load_knowledge, read_squad
from rag.embedding.vector_file import write_vectors
from rag.errors import KnowledgeFormError
from rag.evaluation.parents import score_parents
from rag.evaluation.run import evaluate_file
from rag.evaluation.topics import ask_everything
from rag.lint import lint as check_knowledge
from rag.report import page
from rag.retrieval.index import PassageIndex
from rag.retrieval.texts import indexed_texts
from rag.settings import RagSettings
from rag.values import Question


def ask(options: argparse.Namespace) -> int:
    """Answer one question, or every line of a JSON-lines file."""
    if bool(options.text) == bool(options.batch):
        print("rag ask: give a question or --batch FILE, one of them", file=sys.stderr)
        return 2
    if options.batch:
        return _batch(options.batch, options.out)
    if options.out:
        print("rag ask: --out goes with --batch", file=sys.stderr)
        return 2
    answerer = build_answerer(RagSettings())
    question = Question(options.text, locale=options.locale, province=options.province)
    answer = asyncio.run(answerer.answer(question))
    print(json.dumps(answer_json(answer), ensure_ascii=False) if options.json else answer.text)
    return 0


def evaluate(options: argparse.Namespace) -> int:
    """Print the figures of one SQuAD file as one JSON object."""
    figures = evaluate_file(
        options.file,
        RagSettings(),
        queries=options.queries,
        mode=options.mode,
        tell=lambda line: print(f"rag evaluate: {line}", file=sys.stderr, flush=True),
    )
    print(json.dumps(figures, ensure_ascii=False))
    return 0


def index(options: argparse.Namespace) -> int:
    """Make the vectors of the shipped knowledge into `knowledge/index`, or fill the store of a province."""
    settings = RagSettings()
    kept = settings.store_dsn.get_secret_value() if settings.store_dsn else ""
    if dsn := options.database or kept:
        return _fill(dsn, options.files, settings)
    if options.files:
        print("rag index: files go into a store: name it with --database", file=sys.stderr)
        return 2
    embedder = build_embedder(settings)
    passages = load_knowledge(settings.knowledge_dir).passages
    started = time.perf_counter()
    made = PassageIndex(passages, embedder)
    path = settings.knowledge_dir / "index" / "vectors.bin"
    written = write_vectors(path, embedder, indexed_texts(made))
    took = round(time.perf_counter() - started, 2)
    figures = {"passages": len(passages), "vectors": written, "bytes": path.stat().st_size, "seconds": took}
    print(json.dumps({**figures, "model_id": embedder.model_id, "version": made.version}))
    return 0


def _fill(dsn: str, files: Sequence[Path], settings: RagSettings) -> int:
    """Write the shipped knowledge and the passages of files as a new build of a store, and make it current."""
    from rag.store.postgres import open_store

    passages = [*load_knowledge(settings.knowledge_dir).passages, *(p for f in files for p in read_squad(f))]
    started = time.perf_counter()
    store = open_store(dsn, build_embedder(settings))
    try:
        rebuilt = store.rebuild(passages)
    finally:
        store.close()
    took = round(time.perf_counter() - started, 2)
    print(json.dumps({**asdict(rebuilt), "seconds": took, "model_id": store.embedder.model_id}))
    return 0


def lint(options: argparse.Namespace) -> int:
    """Print what the linter found; 1 where there is an error."""
    findings = check_knowledge(RagSettings().knowledge_dir)
    for found in findings:
        line = f"{found.level}: {found.rule}: {found.where}: {found.what}"
        print(json.dumps(asdict(found), ensure_ascii=False) if options.json else line)
    errors = sum(found.level == "error" for found in findings)
    print(f"{errors} errors, {len(findings) - errors} warnings", file=sys.stderr)
    return 1 if errors else 0


def report(options: argparse.Namespace) -> int:
    """Write the page of figures; of the evaluation set's messages only counts are told."""
    _ready(options.out)
    settings = RagSettings()
    parents = settings.knowledge_dir / "eval" / "parents.json"
    done = score_parents(build_answerer(settings), parents)["behaviours"] if parents.exists() else None
    options.out.write_text(page(ask_everything(settings), today_in_vietnam(), done), encoding="utf-8")
    print(options.out)
    return 0


def export_sft(options: argparse.Namespace) -> int:
    """Write the knowledge as chat lines for training a language model."""
    from rag.generation.export import sft_lines
    from rag.generation.prompting import load_prompt

    passages = load_knowledge(RagSettings().knowledge_dir).passages
    lines = list(sft_lines(passages, load_prompt(options.prompt), today=today_in_vietnam()))
    options.out.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    print(json.dumps({"lines": len(lines), "file": str(options.out)}))
    return 0


def import_(options: argparse.Namespace) -> int:
    """Split documents by article and clause into draft passages, and write them as one SQuAD file."""
    from rag.importers.documents import DocumentImporter

    read = DocumentImporter().read
    passages = [p for path in options.files for p in read(path.read_bytes(), name=path.name)]
    passages = [replace(p, source=options.source or p.source) for p in passages]
    if len({p.id for p in passages}) < len(passages):
        raise KnowledgeFormError("two files have names that differ only in marks or ending: rename one")
    options.out.write_text(as_squad(passages), encoding="utf-8")
    print(json.dumps({"passages": len(passages), "file": str(options.out)}, ensure_ascii=False))
    return 0


def tune(options: argparse.Namespace) -> int:
    """Fine-tune a bi-encoder or a cross-encoder on the knowledge; print the figures before and after."""
    from rag.tuning.run import TuningOptions
    from rag.tuning.run import tune as run

    if not options.bi and not options.cross:
        print("rag tune: name a model with --bi or --cross (hub name or folder)", file=sys.stderr)
        return 2
    chosen = TuningOptions(
        options.out,
        options.bi,
        options.cross,
        epochs=options.epochs,
        batch=options.batch,
        rate=options.rate,
        device=options.device,
        stop_after=options.stop_after,
    )
    print(json.dumps(run(RagSettings(), chosen)))
    return 0


def _batch(source: Path, target: Path | None) -> int:
    """Answer a file; what can be refused is refused before the models are loaded and anything is overwritten."""
    rows = read_rows(source)
    if target is None:
        asyncio.run(answer_each(build_answerer(RagSettings()), rows, sys.stdout))
        return 0
    if target.exists() and target.samefile(source):
        print("rag ask: --out would overwrite the questions: name another file", file=sys.stderr)
        return 2
    with target.open("w", encoding="utf-8") as out:
        asyncio.run(answer_each(build_answerer(RagSettings()), rows, out))
    return 0


def _ready(target: Path) -> None:
    """Open a file that will be written after minutes of work; what lies there stays.

    Raises:
        OSError: it cannot be written.
    """
    target.open("a", encoding="utf-8").close()
