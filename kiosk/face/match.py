"""Compares a face with one person, with a list, or with a school, at a wanted rate of error.

A threshold is never a constant: it follows from the false-match rate that the use allows and from how many
people are compared (a search over N makes N comparisons). The measured impostor scores behind the table, and
how it was measured, are in `thresholds.json`; a school can calibrate its own. Exact search: 3,000 templates
take 0.04 ms, so there is no index.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kiosk.face.crowding import likenesses
from kiosk.face.embed import Template, average
from kiosk.face.errors import TemplateMismatchError, ThresholdsError

OWN_TABLE = "thresholds.json"
_FEWEST_RATES = 2
_FEWEST_OF_COHORT, _COHORT_RATE, _MOST_MARGIN = 150, 1e-3, 0.1
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
    def in_use(cls, folder: Path) -> ThresholdTable:
        """The school's own table where `kiosk face-calibrate` laid one beside the models, else the shipped one.

        Raises:
            ThresholdsError: when it cannot be read, or is of another model.
        """
        shipped, own = cls.shipped(), folder / OWN_TABLE
        if not own.exists():
            return shipped
        table = cls.from_json(own.read_text("utf-8"))
        if table.model_id != shipped.model_id:
            raise ThresholdsError("made for another model")
        return table

    @classmethod
    def from_json(cls, text: str) -> ThresholdTable:
        """Read a table made by `calibrate`.

        Raises:
            ThresholdsError: when it is none.
        """
        try:
            data = json.loads(text)
            pairs = sorted(
                ((float(rate), float(score)) for rate, score in data["thresholds"].items()), reverse=True
            )
            margin, model = float(data["margin"]), str(data["model_id"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ThresholdsError("not a table of thresholds") from error
        rates, scores = tuple(r for r, _ in pairs), tuple(s for _, s in pairs)
        if len(pairs) < _FEWEST_RATES or list(scores) != sorted(scores) or rates[-1] <= 0:
            raise ThresholdsError("a lower rate needs a higher score, at two rates or more")
        return cls(model, rates, scores, margin)

    def for_cohort(self, people: Sequence[Sequence[Template]]) -> ThresholdTable:
        """This table with its margin raised to what is measured among the school's own enrolled people.

        How much nearer to each other these people's faces lie than those behind the table: the score that one in a
        thousand pairs of different people reaches here, less the table's. It is the model's bias for the faces of
        this place. It never lowers the margin; with too few people the table stays as it is.
        """
        vectors = [one.vector for templates in people for one in templates if one.model_id == self.model_id]
        owners = np.array(
            [n for n, templates in enumerate(people) for one in templates if one.model_id == self.model_id]
        )
        if len(np.unique(owners)) < _FEWEST_OF_COHORT:
            return self
        stacked = np.stack(vectors)
        scores = likenesses(stacked, stacked, self.model_id)[owners[:, None] < owners]
        reached = float(np.quantile(scores, 1 - _COHORT_RATE))
        measured = reached - (self.at_rate(_COHORT_RATE) - self.margin)
        return replace(self, margin=float(np.clip(measured, self.margin, max(self.margin, _MOST_MARGIN))))

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
    """The enrolled templates of a list or a school, averaged to one for each person.

    The average of three pictures misses fewer of its own people than the best of three does (measured on LFW, with
    three looks: least scores 0.58 to 0.68 against 0.51 to 0.59), and strangers come no nearer.
    """

    def __init__(self, people: Mapping[str, Sequence[Template]], model_id: str) -> None:
        if any(template.model_id != model_id for templates in people.values() for template in templates):
            raise TemplateMismatchError("a gallery is of one model")
        means = {person: average(templates).vector for person, templates in people.items() if templates}
        self._people = tuple(means)
        self._matrix = np.stack(list(means.values())) if means else np.zeros((0, 1), np.float32)
        self.model_id = model_id
        self.size = len(means)

    def search(self, probe: Template, table: ThresholdTable, use: Use) -> SearchResult:
        """Who it is, or nobody."""
        if probe.model_id != self.model_id:
            raise TemplateMismatchError(probe.model_id)
        if not self.size:
            return SearchResult(None, accepted=False, reason="empty_gallery")
        scores = likenesses(self._matrix, probe.vector[None], self.model_id)[:, 0]
        order = int(np.argmax(scores))
        best = Candidate(self._people[order], float(scores[order]))
        scores[order] = -1.0
        if best.score < table.threshold(use, self.size):
            return SearchResult(best, accepted=False, reason="below_threshold")
        if best.score - float(scores.max()) < MARGIN_BETWEEN_FIRST_TWO:
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
