"""Compares a face with one person, with a list, or with a school, at a wanted rate of error.

A threshold is never a constant: it follows from the false-match rate that the use allows and from how many
people are compared (a search over N makes N comparisons). The measured impostor scores behind the table, and
how it was measured, are in `thresholds.json`; a school can calibrate its own. Exact search: 3,000 templates
take 0.04 ms, so there is no index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources

import numpy as np
import numpy.typing as npt

from kiosk.face.embed import Template
from kiosk.face.errors import TemplateMismatchError

MARGIN_BETWEEN_FIRST_TWO = 0.04
"""In a search the best must stand clear of the second person; twins and siblings go to staff."""


class Use(StrEnum):
    """What a match decides, and with it how often a stranger may pass."""

    DAILY_GATE = "daily_gate"
    EXAM = "exam"


FALSE_MATCH_RATE: Mapping[Use, float] = {Use.DAILY_GATE: 1e-4, Use.EXAM: 1e-5}


@dataclass(frozen=True, slots=True)
class ThresholdTable:
    """False-match rate against score, measured for one model (bảng ngưỡng)."""

    model_id: str
    rates: tuple[float, ...]
    scores: tuple[float, ...]
    margin: float

    @classmethod
    def shipped(cls) -> ThresholdTable:
        """The table that comes with the software."""
        text = resources.files("kiosk.face").joinpath("thresholds.json").read_text("utf-8")
        return cls.from_json(text)

    @classmethod
    def from_json(cls, text: str) -> ThresholdTable:
        """Read a table made by `calibrate`."""
        data = json.loads(text)
        pairs = sorted(
            ((float(rate), float(score)) for rate, score in data["thresholds"].items()), reverse=True
        )
        return cls(
            data["model_id"], tuple(r for r, _ in pairs), tuple(s for _, s in pairs), float(data["margin"])
        )

    def threshold(self, use: Use, compared: int = 1) -> float:
        """The least score that counts as a match when `compared` people are compared.

        For a search the rate is shared among the comparisons (Bonferroni).
        """
        return self.at_rate(FALSE_MATCH_RATE[use] if compared == 1 else 1e-2 / compared)

    def at_rate(self, rate: float) -> float:
        """The score that strangers reach at this rate, 0 to 1, with the margin.

        Beyond the measured rates the line through the last two points, on a logarithmic scale, is continued:
        said here because it is a guess.
        """
        x = -np.log10(np.asarray(self.rates))
        wanted = -np.log10(rate)
        if wanted <= x[-1]:
            return float(np.interp(wanted, x, self.scores)) + self.margin
        slope = (self.scores[-1] - self.scores[-2]) / (x[-1] - x[-2])
        return float(self.scores[-1] + slope * (wanted - x[-1])) + self.margin


@dataclass(frozen=True, slots=True)
class Candidate:
    """A person of a gallery and how alike the probe is."""

    person: str
    score: float


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best person, when one stands clear; otherwise nobody, with the reason."""

    best: Candidate | None
    accepted: bool
    reason: str


class Gallery:
    """The enrolled templates of a list or a school; several per person."""

    def __init__(self, people: Mapping[str, Sequence[Template]], model_id: str) -> None:
        rows: list[npt.NDArray[np.float32]] = []
        self._people: list[str] = []
        for person, templates in people.items():
            for template in templates:
                if template.model_id != model_id:
                    raise TemplateMismatchError(person)
                rows.append(template.vector)
                self._people.append(person)
        self._matrix = np.stack(rows) if rows else np.zeros((0, 1), np.float32)
        self._owner = np.array(_numbered(self._people), np.int64)
        self.model_id = model_id
        self.size = len(people)

    def search(self, probe: Template, table: ThresholdTable, use: Use) -> SearchResult:
        """Who it is, or nobody."""
        if probe.model_id != self.model_id:
            raise TemplateMismatchError(probe.model_id)
        if not self.size:
            return SearchResult(None, accepted=False, reason="empty_gallery")
        scores = self._matrix @ probe.vector
        order = int(np.argmax(scores))
        best = Candidate(self._people[order], float(scores[order]))
        others = scores[self._owner != self._owner[order]]
        second = float(others.max()) if others.size else -1.0
        if best.score < table.threshold(use, self.size):
            return SearchResult(best, accepted=False, reason="below_threshold")
        if best.score - second < MARGIN_BETWEEN_FIRST_TWO:
            return SearchResult(best, accepted=False, reason="two_alike")
        return SearchResult(best, accepted=True, reason="ok")


def calibrate(
    impostors: npt.NDArray[np.float64], model_id: str, margin: float, how: str
) -> dict[str, object]:
    """A threshold table from measured scores of different people.

    Only rates that the sample can carry are given: at least ten impostor pairs above the score.
    """
    ordered = np.sort(impostors)[::-1]
    rates = [10.0**-exponent for exponent in (1, 1.5, 2, 2.5, 3, 3.5, 4, 4.5, 5, 5.5, 6, 6.5)]
    kept = {
        f"{rate:.3g}": round(float(ordered[int(rate * len(ordered))]), 4)
        for rate in rates
        if rate * len(ordered) >= 10
    }
    return {"model_id": model_id, "margin": margin, "how": how, "pairs": len(ordered), "thresholds": kept}


def _numbered(names: Sequence[str]) -> list[int]:
    first = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return [first[name] for name in names]
