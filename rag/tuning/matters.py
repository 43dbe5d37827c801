"""Learns the branch that tells which passage a question asks for: `python -m rag.tuning.matters` (torch; 20 minutes).

It learns from the wordings of the knowledge and those that were only heard (`knowledge/wordings`, not in any index),
each also without its marks and as one types in a chat, from questions that no passage answers, and from some messages
that none may. `--without 0` and `--without 1` leave out what `rag.fit` asks in that fold, and write into the cache: the
abstention model must be fitted on what the branch makes of wordings that it did not learn.
"""

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from rag.corpus import Corpus, load_knowledge
from rag.embedding.e5.branch import MATTERS
from rag.fit.intents import written
from rag.fit.outside import left_out_file
from rag.fit.samples import FOLDS, asked_in, chatty
from rag.guard.intents import EXAMPLES
from rag.guard.likeness import LATER
from rag.retrieval.matters import NONE
from rag.settings import RagSettings
from rag.tuning.branch import Recipe, Sample, learn, sample_of, save
from rag.tuning.heard import heard
from rag.vietnamese.forms import canonical
from rag.vietnamese.noise import without_marks

_NEVER_TOLD, _EVERY = ("personal_data", "unsafe"), 3  # kinds that no passage answers; so many teach it
RECIPE = Recipe(layers=range(7, 12), epochs=7, rate=6e-4, smoothed=0.1, near=20.0, left_out=0.1)


def wordings(corpus: Corpus, folder: Path, without: int | None = None) -> Iterator[tuple[str, str]]:
    """Give canonical wordings with the passage that each asks for, without what a fold of `rag.fit` asks."""
    left_out = asked_in(corpus, without) if without is not None else frozenset()
    known = [
        (q.text, passage.id) for passage in corpus.passages for q in passage.questions if not q.is_impossible
    ]
    known += [(question.text, NONE) for question in corpus.impossible]
    known += [(text, id_ or NONE) for text, id_ in heard(folder)]
    for examples in map(written, (EXAMPLES, LATER)):
        known += [(text, NONE) for text in examples["elsewhere"]]
        known += [(text, NONE) for kind in _NEVER_TOLD for text in examples[kind][::_EVERY]]
    said = ((canonical(text), id_) for text, id_ in known)
    yield from ((text, id_) for text, id_ in said if text not in left_out)


def samples_of(said: Sequence[tuple[str, str]], classes: Sequence[str]) -> list[Sample]:
    """Read wordings with their passages."""
    number = {name: at for at, name in enumerate(classes)}
    return [
        sample_of(
            list(dict.fromkeys((text, canonical(without_marks(text)), canonical(chatty(text))))), number[id_]
        )
        for text, id_ in dict.fromkeys(said)
    ]


def main() -> None:
    """Learn the branch from what stands in the repository, and write it."""
    parser = argparse.ArgumentParser(prog="python -m rag.tuning.matters")
    parser.add_argument("--without", type=int, choices=range(FOLDS), help="leave out a fold, into the cache")
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    settings = RagSettings()
    corpus = load_knowledge(settings.knowledge_dir)
    classes = [*(passage.id for passage in corpus.passages), NONE]
    said = list(wordings(corpus, settings.knowledge_dir, options.without))
    net = learn(samples_of(said, classes), len(classes), RECIPE, sys.stderr.write)
    shipped = MATTERS if options.without is None else left_out_file(settings, options.without)
    save(net, classes, options.out or shipped)


if __name__ == "__main__":
    main()
