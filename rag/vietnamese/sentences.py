"""Sentences of a passage, for sentence vectors and for the best sentence of an extractive answer.

Splits on final punctuation and line breaks, keeps abbreviations and numbers whole, joins stubs to a neighbour.
"""

import re

_END = re.compile(r"(?<=[.!?…])[\"”’)\]]*\s+(?=[\"“‘(\[]?[^\W_])|\n+|(?<=;)\s+")
_ABBREVIATION = re.compile(r"(?:^|[\s(])(?:TP|ThS|TS|PGS|GS|Tr|tr|Q|P|St|Mr|Mrs|Dr|vs|etc|v\.v|[A-ZĐ])\.$")
_STUB = 24


def sentences(text: str) -> tuple[str, ...]:
    """Split a text into sentences; a piece shorter than 24 characters joins its predecessor.

    >>> sentences("Nộp hồ sơ ở ủy ban xã, phường. Không mất phí nộp hồ sơ đâu ạ.")
    ('Nộp hồ sơ ở ủy ban xã, phường.', 'Không mất phí nộp hồ sơ đâu ạ.')
    """
    pieces: list[str] = []
    for raw in _END.split(text):
        piece = raw.strip()
        if not piece:
            continue
        if pieces and (len(piece) < _STUB or len(pieces[-1]) < _STUB or _ABBREVIATION.search(pieces[-1])):
            pieces[-1] = f"{pieces[-1]} {piece}"
        else:
            pieces.append(piece)
    return tuple(pieces)
