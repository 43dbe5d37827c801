"""Likeness of two faces, less what any two strangers would share who lie where these two lie.

The model sees less difference between some people than between others: SFace puts the faces of East and South-East
Asia close together, so that at one threshold strangers among them were taken for each other 3.3 times as often as
strangers at large. Along one direction of its numbers that crowd can be told. So both faces pay a little for how far
they lie in it, whoever they are: the linear form of normalising scores against a cohort (z-norm), without keeping a
cohort's faces. `crowding.json` holds the direction (the difference of two means over public pictures, nobody's
template), where the price begins, and how much it is; `measuring/crowd.py` finds them. How well it does: docs/face.md.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
import numpy.typing as npt

from kiosk.face.embed import Template, Vector, compare

Vectors = npt.NDArray[np.float32]
_TABLE = "crowding.json"


@dataclass(frozen=True, slots=True)
class Crowd:
    """Where a model's faces crowd, and what lying there costs (chỗ đông)."""

    model_id: str
    direction: Vector
    begins: float
    price: float

    def cost(self, vectors: Vectors) -> Vectors:
        """What each of these unit vectors [n, d] pays, 0 or more."""
        return np.asarray(self.price * np.maximum(vectors @ self.direction - self.begins, 0), np.float32)

    def to_json(self, how: str) -> str:
        """As `crowding.json` has it; `how` says what it was found on."""
        numbers = {
            "model_id": self.model_id,
            "how": how,
            "begins": round(self.begins, 4),
            "price": self.price,
        }
        return json.dumps(numbers | {"direction": [round(float(one), 4) for one in self.direction]})

    @classmethod
    def from_json(cls, text: str) -> Crowd:
        """Read what `to_json` wrote."""
        data = json.loads(text)
        direction = np.asarray(data["direction"], np.float32)
        return cls(str(data["model_id"]), direction, float(data["begins"]), float(data["price"]))


@cache
def shipped() -> Crowd:
    """The crowd of the model that comes with the software."""
    return Crowd.from_json(resources.files("kiosk.face").joinpath(_TABLE).read_text("utf-8"))


def likenesses(some: Vectors, others: Vectors, model_id: str) -> Vectors:
    """The likeness of each of `some` [n, d] to each of `others` [m, d], all unit vectors of this model."""
    scores = some @ others.T
    crowd = shipped()
    if model_id != crowd.model_id:
        return np.asarray(scores, np.float32)
    return np.asarray(scores - crowd.cost(some)[:, None] - crowd.cost(others), np.float32)


def likeness(one: Template, other: Template) -> float:
    """How alike two faces are, −1 to 1: their cosine, less what lying in the crowd costs.

    Raises:
        TemplateMismatchError: when they come from different models.
    """
    crowd, cosine = shipped(), compare(one, other)
    if one.model_id != crowd.model_id:
        return cosine
    return cosine - float(crowd.cost(np.stack([one.vector, other.vector])).sum())
