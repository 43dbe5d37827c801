"""A third look at what a message is: what a reading of its words in their order tells.

The looks before it take a message for a bag of pieces, and of two that share their words ("con bị bạn đánh", "bạn bị
con đánh") tell few apart. All looks are multiplied: none decides alone. Where the embedder tells no kinds
(`rag.embedding.e5.branch`), there is no third look.
"""

from collections.abc import Mapping

_BEFORE, _WEIGHT = 0.75, 0.4
"""Of the two looks before, and of this one; chosen on messages that none had learned."""
_LEAST = 0.003  # what it gives a class at least


def third_look(shares: Mapping[str, float], kinds: Mapping[str, float] | None) -> dict[str, float]:
    """Give the probabilities of the looks before, corrected by how likely each class is by the order of words.

    >>> told = third_look({"ask": 0.5, "danger": 0.5}, {"ask": 0.2, "danger": 0.8})
    >>> round(told["danger"], 2)
    0.64
    """
    if kinds is None:
        return dict(shares)
    raised = {name: share**_BEFORE * max(_LEAST, kinds[name]) ** _WEIGHT for name, share in shares.items()}
    total = sum(raised.values())
    return {name: value / total for name, value in raised.items()}
