"""The lists that a change of keys goes over are complete: every binary column of every table is in one of them."""

from __future__ import annotations

from sqlalchemy import LargeBinary

from core.db.metadata import all_tables
from core.keys.domain import FINGERPRINTS, INDEXES, LANES, LEDGERS, SEALED, UNKEYED


def test_every_binary_column_is_known_to_the_change_of_keys() -> None:
    binary = {
        (table.name, column.name)
        for table in all_tables().tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    known = (
        {(one.table, one.column) for one in (*SEALED, *LEDGERS)}
        | {(one.table, one.column) for one in INDEXES}
        | {(table, "lane") for table, _, _ in LANES}
        | FINGERPRINTS
        | UNKEYED
    )
    assert binary - known == set(), "name new columns in core/keys/domain.py"
    assert known - binary == set(), "these columns are gone"


def test_an_index_is_made_from_a_column_that_is_sealed() -> None:
    sealed = {(one.table, one.column, one.label) for one in SEALED}
    assert {(one.table, one.source, one.source_label) for one in INDEXES} <= sealed
