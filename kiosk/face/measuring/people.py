"""Reads a folder of people (one folder each, as LFW has it) into templates. Nothing is kept after the run."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kiosk.face.engine import FaceEngine
from kiosk.face.errors import BadPictureError, FaceError
from kiosk.face.measuring.evaluation import Person
from kiosk.face.picture import PICTURE_KINDS, read


@dataclass(slots=True)
class Read:
    """How reading went (đã đọc): pictures used, and those in which no face could be used."""

    used: int = 0
    left_out: int = 0


def people_of(
    folder: Path, engine: FaceEngine, count: Read, *, good_only: bool = False, told: Callable[[int], None]
) -> Iterator[Person]:
    """The people of a folder of folders, by name; `good_only` leaves out what the kiosk's gate would.

    Raises:
        BadPictureError: when it is no folder of folders.
    """
    if not folder.is_dir() or not any(path.is_dir() for path in folder.iterdir()):
        raise BadPictureError("not a folder with one folder for each person")
    for home in sorted(path for path in folder.iterdir() if path.is_dir()):
        found = []
        for path in sorted(path for path in home.iterdir() if path.suffix.lower() in PICTURE_KINDS):
            try:
                seen = engine.analyse(read(path), mesh=False)
            except FaceError:
                count.left_out += 1
                continue
            if good_only and seen.flaws:
                count.left_out += 1
                continue
            found.append((seen.template, seen.quality.unified))
            count.used += 1
            told(count.used)
        if found:
            yield Person(home.name, tuple(t for t, _ in found), tuple(q for _, q in found))


def groups_of(path: Path) -> dict[str, str]:
    """A CSV of `person` and `group`: who belongs to which group that is to be compared.

    Raises:
        BadPictureError: when it is no such table.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as source:
            rows = csv.DictReader(source)
            if not {"person", "group"} <= set(rows.fieldnames or ()):
                raise BadPictureError("the groups need the columns person and group")
            return {row["person"]: row["group"] for row in rows}
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadPictureError("the groups cannot be read") from error
