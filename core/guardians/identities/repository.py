"""Rows of guardians as people with a number. Private to the slice."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

import orjson
from sqlalchemy import select, update

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


async def list_candidates(
    tx: Tx, keys: SchoolKeys, *, number: bytes, account_id: ChatAccountId, student_id: StudentId
) -> tuple[Candidate, ...]:
    """The guardians with this number, of this account, or of this pupil: one question, whatever is found."""
    of_account = select(GuardianAccountRow.guardian_id).where(
        GuardianAccountRow.school_id == tx.school_id, GuardianAccountRow.chat_account_id == account_id
    )
    of_student = select(GuardianshipRow.guardian_id).where(
        GuardianshipRow.school_id == tx.school_id, GuardianshipRow.student_id == student_id
    )
    rows = await tx.session.execute(
        select(
            GuardianRow.id,
            GuardianRow.sealed_profile,
            GuardianRow.sealed_identity,
            GuardianRow.id.in_(of_account),
        )
        .where(
            GuardianRow.school_id == tx.school_id,
            (GuardianRow.citizen_index == number)
            | GuardianRow.id.in_(of_account)
            | GuardianRow.id.in_(of_student),
        )
        .order_by(GuardianRow.id)
        .with_for_update(key_share=True)
    )
    return tuple(
        candidate(keys, GuardianId(id_), profile, identity, of_account=mine)
        for id_, profile, identity, mine in rows
    )


def candidate(
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
