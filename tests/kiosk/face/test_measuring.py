"""Error rates are counted as the protocol says, and say nothing that their sample does not carry."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kiosk.face.embed import Template, unit
from kiosk.face.errors import BadPictureError, ThresholdsError
from kiosk.face.match import ThresholdTable, Use
from kiosk.face.measuring.evaluation import (
    Drawn,
    Impostors,
    Person,
    group_rates,
    identification,
    verification,
)
from kiosk.face.measuring.people import groups_of

TABLE = ThresholdTable.shipped()


def people(
    many: int, pictures: int = 6, *, noise: float = 0.5, alike: float = 0.0, seed: int = 0
) -> list[Person]:
    """People of random faces; `alike` draws all of them towards one face."""
    chance = np.random.default_rng(seed)
    common = chance.normal(size=128)
    made = []
    for number in range(many):
        own = chance.normal(size=128) + alike * common
        taken = [own + noise * chance.normal(size=128) for _ in range(pictures)]
        shown = tuple(Template(TABLE.model_id, unit(one.astype(np.float32))) for one in taken)
        made.append(Person(f"{seed}-{number}", shown, (1.0,) * pictures))
    return made


def test_everybody_enrolled_is_found_and_no_stranger_is_named() -> None:
    found = identification(people(60), Drawn(rounds=2), TABLE, size=30)
    assert (found["enrolled"], found["mated"], found["missed"]) == (30, 60, 0)
    assert (found["strangers"], found["named"]) == (60, 0)


def test_strangers_with_a_face_of_the_gallery_are_counted_as_wrongly_named() -> None:
    """The same person under two names, as wrong labels are: the search cannot tell them apart, nor may the count."""
    twice = people(20) + [Person(f"again-{one.name}", one.templates, one.qualities) for one in people(20)]
    found = identification(twice, Drawn(rounds=3), TABLE)
    assert found["fpir"] > 0.2


def test_people_who_look_like_nobody_in_their_own_pictures_are_missed() -> None:
    found = identification(people(40, noise=6.0), Drawn(rounds=1), TABLE)
    assert found["fnir"] > 0.9


def test_a_rate_is_only_given_where_ten_impostors_stand_behind_it() -> None:
    few = verification(people(40), Drawn(1, 1, rounds=1))
    assert (few["impostors"], few["true_accept"]) == (40 * 39, {})
    many = verification(people(150), Drawn(1, 3, rounds=5))
    assert set(many["true_accept"]) == {"1e-04"}
    assert many["true_accept"]["1e-04"]["rate"] == 1.0


def test_a_group_whose_faces_lie_nearer_to_each_other_has_more_false_matches() -> None:
    others, near = people(200, seed=1), people(60, alike=0.6, seed=2)
    groups = {one.name: "near" for one in near} | {one.name: "others" for one in others}
    found = group_rates(others + near, groups)["groups"]
    assert found["near"]["1e-03"]["ratio"] > 2 > found["others"]["1e-03"]["ratio"]
    assert found["near"]["people"] == 60


def test_two_people_weigh_the_same_however_many_pictures_there_are_of_them() -> None:
    one, other = people(30, pictures=1), people(30, pictures=9)
    for group in (one, other):
        assert Impostors.of_singles(group).counts.sum() == pytest.approx(30 * 29 / 2)


def test_a_school_whose_faces_lie_nearer_raises_its_own_margin_and_none_lowers_it() -> None:
    near = [one.templates[:3] for one in people(160, alike=0.9)]
    apart = [one.templates[:3] for one in people(160)]
    few = [one.templates[:3] for one in people(20, alike=0.9)]
    assert TABLE.for_cohort(near).margin > TABLE.margin
    assert TABLE.for_cohort(apart).margin == TABLE.margin
    assert TABLE.for_cohort(few) is TABLE
    assert TABLE.for_cohort(near).threshold(Use.DAILY_GATE) > TABLE.threshold(Use.DAILY_GATE)


def test_the_schools_own_table_lies_beside_the_models_and_a_broken_one_is_named(tmp_path: Path) -> None:
    assert ThresholdTable.in_use(tmp_path) == TABLE
    own = {"model_id": TABLE.model_id, "margin": 0, "thresholds": {"0.01": 0.3, "0.0001": 0.5}}
    (tmp_path / "thresholds.json").write_text(json.dumps(own), "utf-8")
    assert ThresholdTable.in_use(tmp_path).threshold(Use.DAILY_GATE) == 0.5
    for broken in ("", "[]", "{}", json.dumps(own | {"thresholds": {"0.01": 0.5, "0.0001": 0.3}})):
        (tmp_path / "thresholds.json").write_text(broken, "utf-8")
        with pytest.raises(ThresholdsError):
            ThresholdTable.in_use(tmp_path)
    (tmp_path / "thresholds.json").write_text(json.dumps(own | {"model_id": "another"}), "utf-8")
    with pytest.raises(ThresholdsError):
        ThresholdTable.in_use(tmp_path)


@pytest.mark.parametrize("text", ["", "who,what\nan,a\n", "\xff\xfe"])
def test_a_table_of_groups_that_is_none_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "groups.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(BadPictureError):
        groups_of(path)
