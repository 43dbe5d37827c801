"""Finds where a model's faces crowd: the direction in which a group whose strangers look alike lies, and its price.

The direction is the difference of two means of people (a group's and everybody else's), so nobody's template is in
it. The price begins one standard deviation beyond the others' middle; how high it is was chosen on halves of the
people and tried on the other halves (docs/face.md). Pure arithmetic on templates.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from kiosk.face.crowding import Crowd
from kiosk.face.embed import average, unit
from kiosk.face.measuring.evaluation import Person

PRICE = 0.075


def crowd_of(people: Sequence[Person], members: Collection[str], price: float = PRICE) -> Crowd:
    """The crowd that the people named `members` make among all of these people.

    Raises:
        ValueError: when nobody, or everybody, is a member.
    """
    inside = np.array([one.name in members for one in people])
    if not inside.any() or inside.all():
        raise ValueError("some people, but not all, are members")
    means = np.stack([average(one.templates).vector for one in people])
    direction = unit(means[inside].mean(axis=0) - means[~inside].mean(axis=0))
    others = means[~inside] @ direction
    model = people[0].templates[0].model_id
    return Crowd(model, direction, float(others.mean() + others.std()), price)
