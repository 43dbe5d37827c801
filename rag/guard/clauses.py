"""Takes a message apart into what it says one after another, so that a wish cannot hide beside a harmless question.

A look at a whole message hears what most of it is about: of unsafe wishes put behind an ordinary question, half were
answered with that question's passage. Pieces are only looked at again, never answered or searched.
"""

import re

_BREAK = re.compile(
    r"(?<=[.?!;,])\s+|\n+|\s+[-–]\s+|"
    r"\b(?:à mà|a ma|nhân tiện|nhan tien|tiện thể|tien the|tiện|rồi|roi|xong|còn|với lại|voi lai|sẵn)\b|"
    r"\b(?:by the way|btw|then)\b",
    re.IGNORECASE,
)
_WORDS, _MOST = 4, 16
"""Words that a piece has at least: fewer say nothing alone; pieces at most: each is embedded."""


def clauses_in(text: str) -> tuple[str, ...]:
    """Give the pieces of a canonical message that say something; none where it is all of one piece.

    >>> clauses_in("Làm căn cước cho bé ở đâu, à mà tiện cho xin số mẹ bạn Vi")
    ('Làm căn cước cho bé ở đâu', 'cho xin số mẹ bạn Vi')
    """
    pieces = [piece.strip(" ,;") for piece in _BREAK.split(text)]
    told = [piece for piece in pieces if len(re.findall(r"\w+", piece)) >= _WORDS]
    if len(told) < 2:
        return ()
    together = -(-len(told) // _MOST)
    return tuple(" ".join(told[at : at + together]) for at in range(0, len(told), together))
