"""`kiosk face-scores`: a score or a reason for each pair of a list, whatever the list names.

A path may be a picture, or a folder of one person's pictures, of which some are averaged. Each picture is read
once, on every core; only its numbers are kept. The list is read whole before anything is written, so that it may
be written over, and a bad row costs that row alone.
"""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue

import cv2

from kiosk.face.crowding import likeness
from kiosk.face.embed import Template, average
from kiosk.face.engine import FaceEngine
from kiosk.face.errors import FaceError, NoFaceError
from kiosk.face.models import ModelStore
from kiosk.face.picture import PICTURE_KINDS, read

_ASKED = ("file_x", "file_y")
_ANSWERS = ("score", "quality", "error")
_SEPARATORS = ",;\t"
_MOST_ENGINES = 4
_ROWS_AT_ONCE = 100
_TELL_EVERY = 500

Row = dict[str, str]
Seen = tuple[Template, float] | str
"""A picture's template and quality, or the code of what is wrong with it; never a picture, nor its traceback."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to score (việc cần chấm): the list, where to write, how many pictures to average on each side."""

    pairs: Path
    out: Path
    enrol_frames: int = 1
    probe_frames: int = 1


class ListError(Exception):
    """The list of pairs cannot be read, or lacks a column."""


def score_pairs(
    wanted: Wanted, store: ModelStore, told: Callable[[int, int], None] = lambda done, of: None
) -> dict[str, int]:
    """Write the list again with `score`, `quality` and `error`; how many pairs there were and how many have no score.

    `told` hears now and then how many of how many are done.

    Raises:
        FaceError: when the models cannot be used.
        ListError: when a column is missing.
        OSError, ValueError, csv.Error: when the list cannot be read, or the answer cannot be written.
    """
    if not wanted.out.parent.is_dir():
        raise FileNotFoundError(wanted.out.parent)
    fields, rows = _listed(wanted.pairs)
    failed = 0
    with wanted.out.open("w", newline="", encoding="utf-8", errors="surrogateescape") as target:
        kept = [name for name in fields if name not in _ANSWERS]
        writer = csv.DictWriter(target, [*kept, *_ANSWERS], extrasaction="ignore")
        writer.writeheader()
        with _pictures(store) as pictures:
            for number, row in enumerate(_scored(rows, wanted, pictures), 1):
                writer.writerow(row)
                failed += bool(row["error"])
                if number % _TELL_EVERY == 0:
                    told(number, len(rows))
    return {"pairs": len(rows), "failed": failed}


def _listed(path: Path) -> tuple[list[str], list[Row]]:
    """The columns and rows of a list with commas, semicolons or tabs."""
    with path.open(newline="", encoding="utf-8-sig", errors="surrogateescape") as source:
        head = source.readline()
        source.seek(0)
        separator = next((one for one in _SEPARATORS if one in head), ",")
        rows = csv.DictReader(source, delimiter=separator)
        fields = rows.fieldnames = [name.strip() for name in rows.fieldnames or ()]
        if not set(_ASKED) <= set(fields):
            raise ListError("the CSV needs the columns file_x and file_y")
        return list(fields), list(rows)


@dataclass(slots=True)
class _Pictures:
    """Analyses each picture once, however many pairs it is in; as many at a time as there are engines."""

    engines: SimpleQueue[FaceEngine]
    pool: ThreadPoolExecutor
    known: dict[Path, Seen] = field(default_factory=dict)

    def learn(self, paths: Iterable[Path]) -> None:
        """Look at those that were not seen yet."""
        new = [path for path in dict.fromkeys(paths) if path not in self.known]
        self.known.update(zip(new, self.pool.map(self._seen, new), strict=True))

    def template(self, paths: Sequence[Path]) -> tuple[Template, float]:
        """The averaged template and the mean quality; pictures without a face are left out.

        Raises:
            KeyError: with the code of what is wrong, when none of them can be used.
        """
        seen = [self.known[path] for path in paths]
        good = [one for one in seen if not isinstance(one, str)]
        if not good:
            raise KeyError(next((one for one in seen if isinstance(one, str)), NoFaceError.code))
        weights = [quality for _, quality in good]
        return average([template for template, _ in good], weights), sum(weights) / len(weights)

    def _seen(self, path: Path) -> Seen:
        engine = self.engines.get()
        try:
            found = engine.analyse(read(path), mesh=False)
        except FaceError as error:
            return error.code
        finally:
            self.engines.put(engine)
        return found.template, found.quality.unified


@contextmanager
def _pictures(store: ModelStore) -> Iterator[_Pictures]:
    cores = min(len(os.sched_getaffinity(0)), _MOST_ENGINES)
    engines: SimpleQueue[FaceEngine] = SimpleQueue()
    for _ in range(cores):
        engines.put(FaceEngine.load(store, mesh=False))
    # A picture for each core is quicker than all cores for one picture.
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        with ThreadPoolExecutor(cores, thread_name_prefix="faces") as pool:
            yield _Pictures(engines, pool)
    finally:
        cv2.setNumThreads(before)


def _scored(rows: Sequence[Row], wanted: Wanted, pictures: _Pictures) -> Iterator[Row]:
    base = wanted.pairs.parent
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        sides = [_sides(base, row, wanted) for row in some]
        pictures.learn(path for pair in sides for side in pair for path in side)
        for row, (first, second) in zip(some, sides, strict=True):
            yield row | _answer(pictures, first, second)


def _answer(pictures: _Pictures, first: Sequence[Path], second: Sequence[Path]) -> Row:
    try:
        (one, good), (other, fine) = pictures.template(first), pictures.template(second)
    except KeyError as none:
        return {"score": "", "quality": "", "error": str(none.args[0])}
    return {"score": f"{likeness(one, other):.5f}", "quality": f"{min(good, fine):.4f}", "error": ""}


def _sides(base: Path, row: Row, wanted: Wanted) -> tuple[list[Path], list[Path]]:
    """The pictures of both sides; those enrolled out of a folder are not its probe as well, where others are left."""
    first, second = ([*_group(base, row[name] or "")] for name in _ASKED)
    enrolled = first[: wanted.enrol_frames] if len(first) > 1 else first
    if len(second) > 1:
        second = ([path for path in second if path not in enrolled] or second)[-wanted.probe_frames :]
    return enrolled, second


def _group(base: Path, named: str) -> tuple[Path, ...]:
    """The pictures that a path stands for, by name: of a folder, or of several paths with semicolons between."""
    path = _place(base, named)
    try:
        if path is not None and path.is_dir():
            return tuple(sorted(one for one in path.iterdir() if one.suffix.lower() in PICTURE_KINDS))
    except OSError:
        return (path or base,)
    if path is None and ";" in named:
        return tuple(one for part in named.split(";") for one in _group(base, part.strip()))
    return (path or base / named,)


def _place(base: Path, named: str) -> Path | None:
    """Where it lies: beside the list, or where the program was started; None when nowhere."""
    if not named.strip():
        return None
    ways = (base / named, Path(named), base / named.replace("\\", "/"))
    try:
        return next((path for path in ways if path.exists()), None)
    except (OSError, ValueError):
        return None
