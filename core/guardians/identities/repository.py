"""Rows of guardians as people with a number. Private to the slice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import orjson
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import distinct_on

from core.contracts.citizen_id import CitizenId
from core.db.transaction import Tx
from core.guardians.identify import Candidate
from core.guardians.repository import open_guardian
from core.guardians.tables import GuardianAccountRow, GuardianRow, GuardianshipRow
from core.values.ids import ChatAccountId, GuardianId, StudentId
from core.vault.keyring import SchoolKeys
from core.vault.unreadable import UNREADABLE

IDENTITY = "guardian.identity"
CITIZEN_ID = "guardian.citizen_id"
_LEAST = 6
"""So many are compared at least; a family rarely has more."""


async def list_candidates(
    tx: Tx,
    keys: SchoolKeys,
    *,
    number: bytes,
    account_id: ChatAccountId,
    student_id: StudentId,
    lock: bool,
) -> tuple[tuple[Candidate, ...], tuple[Candidate, ...]]:
    """The guardians with this number, of this account, or of this pupil; and others, so that it is six at least.

    One question, whatever is found. The others are always the same, of different pupils, and fewer where the school
    has fewer. With `lock` there are no others, who would make all proofs of a school wait for each other; as a lock
    writes to each row, which takes a time that a guesser could measure, only what is proven is locked.
    """
    of_account = select(GuardianAccountRow.guardian_id).where(
        GuardianAccountRow.school_id == tx.school_id, GuardianAccountRow.chat_account_id == account_id
    )
    of_student = select(GuardianshipRow.guardian_id).where(
        GuardianshipRow.school_id == tx.school_id, GuardianshipRow.student_id == student_id
    )
    of_others = (
        select(GuardianshipRow.guardian_id)
        .where(GuardianshipRow.school_id == tx.school_id)
        .ext(distinct_on(GuardianshipRow.student_id))
        .order_by(GuardianshipRow.student_id, GuardianshipRow.guardian_id)
        .limit(_LEAST)
    )
    mine = GuardianRow.id.in_(of_account)
    meant = GuardianRow.citizen_index.is_not_distinct_from(number) | mine | GuardianRow.id.in_(of_student)
    query = (
        select(GuardianRow.id, GuardianRow.sealed_profile, GuardianRow.sealed_identity, mine, meant)
        .where(GuardianRow.school_id == tx.school_id)
        .order_by(meant.desc(), GuardianRow.id)
    )
    if lock:
        query = query.where(meant).with_for_update(key_share=True)
    else:
        query = query.where(meant | GuardianRow.id.in_(of_others))
    rows = (await tx.session.execute(query)).all()
    found = sum(bool(row[-1]) for row in rows)
    opened = [
        _candidate(keys, GuardianId(id_), profile, identity, of_account=own)
        for id_, profile, identity, own, _ in rows[: max(found, _LEAST)]
    ]
    return tuple(opened[:found]), tuple(opened[found:])


def _candidate(
    keys: SchoolKeys, id_: GuardianId, profile: bytes, identity: bytes | None, *, of_account: bool
) -> Candidate:
    """Open what is known about a guardian; one whose number cannot be read is nobody whom a proof fits."""
    guardian = open_guardian(keys, id_, profile)
    opened = keys.read(identity, IDENTITY) if identity else "[null, null]"
    number, born_on = (None, None) if opened is None else orjson.loads(opened)
    return Candidate(
        guardian.id,
        guardian.full_name if opened is not None else UNREADABLE,
        CitizenId(number) if number else None,
        date.fromisoformat(born_on) if born_on else None,
        of_account,
    )


async def save_identity(
    tx: Tx, keys: SchoolKeys, guardian_id: GuardianId, number: CitizenId, born_on: date | None, now: datetime
) -> None:
    """Remember the number (and date of birth) by which a guardian was proven."""
    known = orjson.dumps([number.value, born_on.isoformat() if born_on else None]).decode()
    await tx.session.execute(
        update(GuardianRow)
        .where(GuardianRow.school_id == tx.school_id, GuardianRow.id == guardian_id)
        .values(
            sealed_identity=keys.seal(known, IDENTITY),
            citizen_index=keys.blind_index(number.value, CITIZEN_ID),
            updated_at=now,
        )
    )


async def list_numbers(
    tx: Tx, keys: SchoolKeys, guardian_ids: Collection[GuardianId]
) -> dict[GuardianId, tuple[CitizenId, date | None] | None]:
    """The numbers of those of these guardians whose number is known; None for one that cannot be read."""
    rows = await tx.session.execute(
        select(GuardianRow.id, GuardianRow.sealed_identity).where(
            GuardianRow.school_id == tx.school_id,
            GuardianRow.id.in_(guardian_ids),
            GuardianRow.sealed_identity.is_not(None),
        )
    )
    found: dict[GuardianId, tuple[CitizenId, date | None] | None] = {}
    for id_, sealed in rows:
        opened = keys.read(sealed or b"", IDENTITY)
        number, born_on = (None, None) if opened is None else orjson.loads(opened)
        born = date.fromisoformat(born_on) if born_on else None
        found[GuardianId(id_)] = (CitizenId(number), born) if number else None
    return found


async def list_holders(tx: Tx, keys: SchoolKeys, number: CitizenId) -> tuple[GuardianId, ...]:
    """The guardians on record with this number."""
    rows = await tx.session.scalars(
        select(GuardianRow.id).where(
            GuardianRow.school_id == tx.school_id,
            GuardianRow.citizen_index.in_(keys.blind_indexes(number.value, CITIZEN_ID)),
        )
    )
    return tuple(GuardianId(one) for one in rows)
