"""Numbers in other digits, and a correction that was left for something else: no try lost, no word lost."""

from __future__ import annotations

from datetime import date

import pytest

from bot.flows.base import chosen, numbered
from bot.intents import Intent, Topic
from core.guardians.domain import Child, Level, Relation
from core.rights.domain import Kind
from core.sample.school import SCHOOL_ID
from core.settings import CoreSettings
from core.students.domain import Student
from core.values.ids import ClassId, StudentId, new_id
from tests.bot.support import LINK_CODE
from tests.bot.talk import talking


def _child(name: str) -> Child:
    pupil = Student(
        StudentId(new_id()), ClassId(new_id()), "3A", name, date(2017, 5, 1), "female", True, None
    )
    return Child(pupil, Relation.MOTHER, Level.VERIFIED)


CHILDREN = (_child("Trần Thị An"), _child("Trần Văn Bình"))


@pytest.mark.parametrize("number", ["²", "١", "０", "0", "3", "-1", "", "9" * 60, "1\x00"])
def test_what_is_no_place_of_a_child_names_none(number: str) -> None:
    assert numbered(CHILDREN, number) is None
    assert chosen(CHILDREN, Intent(Topic.FEES, number)) == CHILDREN


def test_a_place_names_its_child() -> None:
    assert numbered(CHILDREN, "2") is CHILDREN[1]


async def test_buttons_with_other_digits_are_answered_at_once(core_settings: CoreSettings) -> None:
    """`Talk.say` fails when a try was lost."""
    async with talking(core_settings) as talk:
        await talk.say(link_code=LINK_CODE)
        for choice in ("fees:²", "checkins:²", "rights.child:²", "rights.give:²-photos", "rate.up:²"):
            assert await talk.say(choice=choice), choice
        await talk.say(choice="prefs:arrivals")
        (said,) = await talk.say(choice="prefs.digest:²")
        assert said.key == "preferences.set"


async def test_a_correction_that_was_left_for_something_else_is_about_the_same_child(
    core_settings: CoreSettings,
) -> None:
    async with talking(core_settings) as talk:
        await talk.say(link_code=LINK_CODE)
        await talk.say("sửa thông tin của con")
        (asked,) = await talk.say(choice="rights.child:2")
        assert asked.key == "rights.what_is_wrong"
        await talk.say(choice="menu.fees")
        (received,) = await talk.say("Ngày sinh đúng là 09/06/2015")
        assert (received.key, received.params["name"]) == ("rights.received", asked.params["name"])
        core = talk.bot.core
        async with core.database.transaction(SCHOOL_ID) as tx:
            (request,) = [one for one in await core.rights.list_open(tx) if one.kind is Kind.CORRECT]
        assert request.text == "Ngày sinh đúng là 09/06/2015"
