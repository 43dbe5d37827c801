"""Sealing and blind indexes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring, MasterKey, SealedDataError

OLD, NEW = MasterKey(b"o" * 32), MasterKey(b"n" * 32)
SCHOOL = SchoolId(new_id())


@given(st.text())
def test_what_is_sealed_opens_again_with_the_same_label(plain: str) -> None:
    keys = Keyring(NEW).for_school(SCHOOL)
    assert keys.open(keys.seal(plain, "a"), "a") == plain


@given(st.integers(min_value=0))
def test_one_changed_byte_anywhere_is_noticed(position: int) -> None:
    keys = Keyring(NEW).for_school(SCHOOL)
    sealed = bytearray(keys.seal("001315012345", "a"))
    sealed[position % len(sealed)] ^= 1
    with pytest.raises(SealedDataError):
        keys.open(bytes(sealed), "a")


def test_a_value_moved_to_another_school_or_column_does_not_open() -> None:
    keys = Keyring(NEW).for_school(SCHOOL)
    sealed = keys.seal("x", "student.citizen_id")
    with pytest.raises(SealedDataError):
        keys.open(sealed, "guardian.citizen_id")
    with pytest.raises(SealedDataError):
        Keyring(NEW).for_school(SchoolId(new_id())).open(sealed, "student.citizen_id")


def test_values_of_the_previous_key_still_open_after_rotation() -> None:
    sealed = Keyring(OLD).for_school(SCHOOL).seal("x", "a")
    assert Keyring(NEW, (OLD,)).for_school(SCHOOL).open(sealed, "a") == "x"


def test_the_index_of_a_number_differs_between_schools() -> None:
    ring = Keyring(NEW)
    assert ring.for_school(SCHOOL).blind_index("1", "a") != ring.for_school(SchoolId(new_id())).blind_index(
        "1", "a"
    )


def test_no_key_shows_in_a_repr() -> None:
    assert "nnnn" not in repr(Keyring(NEW)) + repr(Keyring(NEW).for_school(SCHOOL))
