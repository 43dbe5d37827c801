"""Measures recognition on a folder of people: who is taken for whom, at which threshold, in whole numbers.

Pure arithmetic on templates; reading pictures is `people`'s. The protocol, so that another can repeat it:

* **verification** `a/b`: of each person with at least a+b pictures, drawn anew in each round, `a` are averaged
  into what is enrolled and `b` others into the probe; impostors are every other person's probe of that round.
* **identification**: a gallery of `size` people with up to `a` pictures each; everybody with a+b pictures and
  enrolled is searched with `b` others; strangers are people with `b` pictures who are not in the gallery.
* **groups**: single pictures, every two people weighing the same however many pictures there are of them; the
  rate of false matches inside a group beside the rate among everybody, at the threshold that everybody's rate
  asks for, with the middle 95 % of resamplings of the group's people.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kiosk.face.crowding import likenesses
from kiosk.face.embed import Template, average
from kiosk.face.match import Gallery, ThresholdTable, Use

Vectors = npt.NDArray[np.float32]
_BINS = 4000
_CHUNK = 1000
_FEWEST = 10
"""A rate is only given where it stands on so many impostor pairs."""


@dataclass(frozen=True, slots=True)
class Person:
    """One person's pictures as templates with their qualities (một người)."""

    name: str
    templates: tuple[Template, ...]
    qualities: tuple[float, ...]

    def mean(self, chosen: Sequence[int]) -> Template:
        """Some pictures averaged by quality."""
        return average([self.templates[i] for i in chosen], [self.qualities[i] for i in chosen])


@dataclass(frozen=True, slots=True)
class Drawn:
    """How pictures are drawn (cách chọn ảnh): enrolled and probe pictures a person, rounds, seed."""

    enrolled: int = 3
    probe: int = 3
    rounds: int = 5
    seed: int = 0


class Impostors:
    """Scores of different people, counted in bins of 0.0005: tens of millions need no memory."""

    def __init__(self) -> None:
        self.counts = np.zeros(_BINS)
        self.pairs = 0

    def add(self, scores: npt.NDArray[np.floating], weights: npt.NDArray[np.floating] | None = None) -> None:
        """Count these scores, each once or by its weight."""
        bins = np.clip(((scores + 1) * (_BINS / 2)).astype(np.int64), 0, _BINS - 1)
        self.counts += np.bincount(
            bins.ravel(), None if weights is None else weights.ravel(), minlength=_BINS
        )
        self.pairs += scores.size

    def threshold(self, rate: float) -> float | None:
        """The least score that at most this share reaches; None where the sample does not carry it."""
        if rate * self.pairs < _FEWEST:
            return None
        above = np.cumsum(self.counts[::-1])[::-1]
        first = int(np.argmax(above <= rate * self.counts.sum()))
        return round(first / (_BINS / 2) - 1, 4)

    @classmethod
    def of_singles(cls, people: Sequence[Person]) -> Impostors:
        """Every pair of single pictures of two different people; any two people weigh the same."""
        vectors, owners = _stacked(people)
        model = people[0].templates[0].model_id
        each = (1 / np.bincount(owners))[owners]
        found = cls()
        for start in range(0, len(vectors), _CHUNK):
            rows = np.arange(start, min(start + _CHUNK, len(vectors)))
            scores = likenesses(vectors[rows], vectors, model)
            later = (np.arange(len(vectors)) > rows[:, None]) & (owners[rows][:, None] != owners)
            found.add(scores[later], np.outer(each[rows], each)[later])
        return found


def verification(people: Sequence[Person], drawn: Drawn) -> dict[str, object]:
    """True acceptance at false-match rates 1e-4 and 1e-5, one comparison each."""
    chance = np.random.default_rng(drawn.seed)
    usable = [one for one in people if len(one.templates) >= drawn.enrolled + drawn.probe]
    genuine: list[float] = []
    impostors = Impostors()
    for _ in range(drawn.rounds):
        sides = [_drawn(one, drawn, chance) for one in usable]
        if len(sides) < 2:
            break
        enrolled, probes = (np.stack([side[n].vector for side in sides]) for n in (0, 1))
        scores = likenesses(enrolled, probes, sides[0][0].model_id)
        genuine += np.diag(scores).tolist()
        impostors.add(scores[~np.eye(len(sides), dtype=bool)])
    rates = {rate: impostors.threshold(rate) for rate in (1e-4, 1e-5)}
    return {
        "people": len(usable),
        "genuine": len(genuine),
        "impostors": impostors.pairs,
        "true_accept": {
            f"{rate:.0e}": {"threshold": at, "rate": round(float(np.mean(np.array(genuine) >= at)), 5)}
            for rate, at in rates.items()
            if at is not None
        },
    }


def identification(
    people: Sequence[Person], drawn: Drawn, table: ThresholdTable, size: int = 3000
) -> dict[str, object]:
    """Searches among `size` enrolled people, as the kiosk does them: wrongly named strangers, missed pupils."""
    chance = np.random.default_rng(drawn.seed)
    totals = dict.fromkeys(("mated", "missed", "wrong_name", "strangers", "named"), 0)
    enrolled = 0
    for _ in range(drawn.rounds):
        shuffled = [people[i] for i in chance.permutation(len(people))]
        several = [one for one in shuffled if len(one.templates) >= drawn.probe]
        strangers = several[: len(several) // 2]
        outside = {one.name for one in strangers}
        # Those with most pictures first: the gallery is as hard as the folder allows.
        inside = sorted(
            (one for one in shuffled if one.name not in outside), key=lambda one: -len(one.templates)
        )
        inside = inside[:size]
        enrolled = len(inside)
        if not inside:
            break
        orders = {one.name: chance.permutation(len(one.templates)) for one in inside}
        gallery = Gallery(
            {one.name: [one.templates[i] for i in orders[one.name][: drawn.enrolled]] for one in inside},
            table.model_id,
        )
        for one in inside:
            rest = orders[one.name][drawn.enrolled : drawn.enrolled + drawn.probe]
            if len(rest) < drawn.probe:
                continue
            found = gallery.search(one.mean(rest), table, Use.DAILY_GATE)
            right = found.accepted and found.best is not None and found.best.person == one.name
            totals["mated"] += 1
            totals["missed"] += not right
            totals["wrong_name"] += found.accepted and not right
        for one in strangers:
            probe = one.mean(chance.permutation(len(one.templates))[: drawn.probe])
            totals["strangers"] += 1
            totals["named"] += gallery.search(probe, table, Use.DAILY_GATE).accepted
    return {
        "enrolled": enrolled,
        "threshold": round(table.threshold(Use.DAILY_GATE, max(enrolled, 1)), 4),
        **totals,
        "fnir": round(totals["missed"] / max(totals["mated"], 1), 5),
        "fpir": round(totals["named"] / max(totals["strangers"], 1), 5),
    }


def group_rates(
    people: Sequence[Person], groups: Mapping[str, str], *, resamplings: int = 200, seed: int = 0
) -> dict[str, object]:
    """False matches inside each group beside those among everybody, at everybody's thresholds."""
    everybody = Impostors.of_singles(people)
    rates = {rate: everybody.threshold(rate) for rate in (1e-3, 1e-4, 1e-5)}
    found: dict[str, object] = {}
    for group in sorted(set(groups.values())):
        members = [one for one in people if groups.get(one.name) == group]
        found[group] = {"people": len(members)} | {
            f"{rate:.0e}": _group_rate(members, at, rate, resamplings, seed)
            for rate, at in rates.items()
            if at is not None and len(members) > 1
        }
    return {"pairs_of_everybody": everybody.pairs, "groups": found}


def _group_rate(
    members: Sequence[Person], at: float, rate: float, resamplings: int, seed: int
) -> dict[str, object]:
    vectors, owners = _stacked(members)
    many = len(members)
    scores = likenesses(vectors, vectors, members[0].templates[0].model_id)
    reached = np.zeros((many, many))
    np.add.at(reached, (owners[:, None], owners[None]), (scores >= at).astype(float))
    sizes = np.bincount(owners, minlength=many).astype(float)
    shares = reached / np.outer(sizes, sizes)
    np.fill_diagonal(shares, 0)
    chance = np.random.default_rng(seed)
    ratios = []
    for _ in range(resamplings):
        times = np.bincount(chance.integers(0, many, many), minlength=many).astype(float)
        pairs = np.outer(times, times)
        np.fill_diagonal(pairs, 0)
        ratios.append(float((shares * pairs).sum() / max(pairs.sum(), 1)) / rate)
    return {
        "threshold": at,
        "pairs_of_people": many * (many - 1) // 2,
        "pairs_of_people_with_a_false_match": int((shares > 0).sum() / 2),
        "ratio": round(float(shares.sum() / (many * (many - 1))) / rate, 2),
        "ratio_95": [round(float(v), 2) for v in np.percentile(ratios, (2.5, 97.5))],
    }


def _drawn(one: Person, drawn: Drawn, chance: np.random.Generator) -> tuple[Template, Template]:
    order = chance.permutation(len(one.templates)).tolist()
    return one.mean(order[: drawn.enrolled]), one.mean(order[drawn.enrolled : drawn.enrolled + drawn.probe])


def _stacked(people: Sequence[Person]) -> tuple[Vectors, npt.NDArray[np.int64]]:
    vectors = [template.vector for one in people for template in one.templates]
    owners = [number for number, one in enumerate(people) for _ in one.templates]
    return np.stack(vectors), np.array(owners, np.int64)
