"""Learns the branch that tells what kind of message a question is: `python -m rag.tuning.kinds` (torch; half an hour).

It learns from the written examples, the knowledge's questions and those only heard, each also without its marks and as
one types in a chat.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from rag.corpus import load_knowledge
from rag.embedding.e5.branch import KINDS
from rag.fit.intents import messages, written
from rag.fit.samples import chatty, pleading
from rag.guard.intents import CLASSES, EXAMPLES
from rag.guard.likeness import LATER
from rag.settings import RagSettings
from rag.tuning.branch import Recipe, Sample, learn, sample_of, save
from rag.tuning.heard import heard
from rag.vietnamese.forms import canonical
from rag.vietnamese.noise import without_marks

RECIPE = Recipe(layers=range(7, 10), epochs=6, rate=7e-4, smoothed=0.05, balanced=True)
_MOST = 99  # wordings of one passage


def forms_of(text: str, label: str) -> list[str]:
    """Give a canonical message as written, without marks, and, where it is no greeting, as one types in a chat.

    And as a family's story that asks what to do: learned of questions or of dangers alone, such words tell of them.
    """
    forms = [text, canonical(without_marks(text))]
    forms += [] if label == "greeting" else [canonical(chatty(text)), canonical(pleading(text))]
    return list(dict.fromkeys(forms))


def samples_of(said: Sequence[tuple[str, str]]) -> list[Sample]:
    """Read messages with their classes."""
    return [sample_of(forms_of(text, label), CLASSES.index(label)) for text, label in said]


def main() -> None:
    """Learn the branch from what stands in the repository, and write it."""
    parser = argparse.ArgumentParser(prog="python -m rag.tuning.kinds")
    parser.add_argument("--out", type=Path, default=KINDS)
    options = parser.parse_args()
    settings = RagSettings()
    corpus = load_knowledge(settings.knowledge_dir)
    asked = heard(settings.knowledge_dir)
    wordings = {
        "ask": [text for text, id_ in asked if id_ is not None],
        "elsewhere": [text for text, id_ in asked if id_ is None],
    }
    said = messages(corpus, (written(EXAMPLES), written(LATER), wordings), _MOST)
    save(learn(samples_of(said), len(CLASSES), RECIPE, sys.stderr.write), CLASSES, options.out)


if __name__ == "__main__":
    main()
