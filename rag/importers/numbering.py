"""The numbers Word prints before paragraphs of its lists ("Điều 3.", "2.", "a)"): they stand nowhere in the text.

ECMA-376 part 1, 17.9: a paragraph, or its style, names a list and a level; each level says how its number is written.
Bullets are no numbers and are left out.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PREFIXES = {"w": WORD}
_PLACE = re.compile(r"%(\d)")
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_LETTERS = 26
_MOST_IN_LETTERS = 1_000  # a hostile file may begin at a billion


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered: "%1.%2" in `text` are the numbers of the first and the second level."""

    form: str
    text: str
    start: int
    style: str


@dataclass(slots=True)
class Numbering:
    """Counts the lists of one document while its paragraphs are read in their order."""

    lists: Mapping[str, tuple[str, Mapping[int, Level]]]
    styles: Mapping[str, tuple[str, int]]
    _counts: dict[str, dict[int, int]] = field(default_factory=dict)

    def before(self, paragraph: Any) -> str:
        """Give what Word prints before a paragraph, with a space after it; '' where it is in no list."""
        name, depth = self._place(paragraph)
        if name not in self.lists:
            return ""
        family, levels = self.lists[name]
        level = levels.get(depth)
        if level is None:
            return ""
        counts = self._counts.setdefault(family, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.form in ("bullet", "none"):
            return ""
        shown = _PLACE.sub(lambda found: _written(int(found[1]) - 1, levels, counts), level.text)
        return f"{shown} " if shown else ""

    def _place(self, paragraph: Any) -> tuple[str, int]:
        style, depth = self.styles.get(_value(paragraph, "w:pPr/w:pStyle"), ("", 0))
        name = _value(paragraph, "w:pPr/w:numPr/w:numId") or style
        return name, int(_value(paragraph, "w:pPr/w:numPr/w:ilvl") or depth)


def numbering_of(document: Any) -> Numbering:
    """Read the lists of a document that python-docx has opened."""
    root = next(
        (
            part.element
            for part in document.part.package.iter_parts()
            if part.partname.endswith("/numbering.xml")
        ),
        None,
    )
    if root is None:
        return Numbering({}, {})
    kinds = {
        _value(kind, ".", "abstractNumId"): _levels(kind) for kind in root.findall("w:abstractNum", _PREFIXES)
    }
    lists = {}
    for one in root.findall("w:num", _PREFIXES):
        name, kind = _value(one, ".", "numId"), _value(one, "w:abstractNumId")
        restarts = one.find("w:lvlOverride/w:startOverride", _PREFIXES) is not None
        lists[name] = (f"{kind} {name}" if restarts else kind, kinds.get(kind, {}))
    return Numbering(lists, dict(_styles(document, lists)))


def _levels(kind: Any) -> dict[int, Level]:
    return {
        int(_value(level, ".", "ilvl")): Level(
            _value(level, "w:numFmt") or "decimal",
            _value(level, "w:lvlText"),
            int(_value(level, "w:start") or 0),
            _value(level, "w:pStyle"),
        )
        for level in kind.findall("w:lvl", _PREFIXES)
    }


def _styles(
    document: Any, lists: Mapping[str, tuple[str, Mapping[int, Level]]]
) -> Iterator[tuple[str, tuple[str, int]]]:
    """Give the list and level that each style names itself; the level may name the style instead."""
    for style in document.styles.element.findall("w:style", _PREFIXES):
        own, name = _value(style, ".", "styleId"), _value(style, "w:pPr/w:numPr/w:numId")
        if name in lists:
            named = (depth for depth, level in lists[name][1].items() if level.style == own)
            yield own, (name, int(_value(style, "w:pPr/w:numPr/w:ilvl") or next(named, 0)))


def _value(element: Any, path: str, name: str = "val") -> str:
    """Give an attribute of the first element at a path below, '' where there is none."""
    found = element.find(path, _PREFIXES)
    return "" if found is None else str(found.get(f"{{{WORD}}}{name}", ""))


def _written(depth: int, levels: Mapping[int, Level], counts: Mapping[int, int]) -> str:
    level = levels.get(depth)
    number = counts.get(depth, level.start if level else 1)
    form = level.form if level and 0 < number <= _MOST_IN_LETTERS else "decimal"
    if form.endswith("Letter"):
        letters = chr(ord("a") + (number - 1) % _LETTERS) * ((number - 1) // _LETTERS + 1)
        return letters.upper() if form.startswith("upper") else letters
    if form.endswith("Roman"):
        return _roman(number).upper() if form.startswith("upper") else _roman(number)
    return str(number)


def _roman(number: int) -> str:
    """Write a number in small Roman letters.

    >>> _roman(49)
    'xlix'
    """
    written = ""
    for value, letters in _ROMAN:
        times, number = divmod(number, value)
        written += letters * times
    return written
