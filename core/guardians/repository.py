"""Rows of guardians, guardianships and linked accounts. Private to this slice."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import orjson
from sqlalchemy import ColumnElement, literal, select, update
from sqlalchemy.dialects.postgresql import insert

from core.db.transaction import Tx
from core.guardians.domain import Guardian, Guardianship, GuardianshipState, Level, Relation
from core.guardians.register import Person
from core.guardians.tables import GuardianAccountRow, GuardianRow, GuardianshipRow
from core.values.ids import ChatAccountId, GuardianId, GuardianshipId, StudentId, new_id
from core.values.phone import Phone
from core.vault.keyring import SchoolKeys
from core.vault.unreadable import UNREADABLE

PROFILE = "guardian.profile"
PHONE = "guardian.phone"


def phone_index(keys: SchoolKeys, phone: Phone | None) -> bytes | None:
    """The blind index of a phone."""
    return keys.blind_index(phone.e164, PHONE) if phone else None


async def find(tx: Tx, keys: SchoolKeys, guardian_id: GuardianId) -> Guardian | None:
    """One guardian."""
    sealed = await tx.session.scalar(
        select(GuardianRow.sealed_profile).where(
            GuardianRow.school_id == tx.school_id, GuardianRow.id == guardian_id
        )
    )
    return open_guardian(keys, guardian_id, sealed) if sealed else None


async def list_people(
    tx: Tx, keys: SchoolKeys, *, phones: Collection[bytes], students: Collection[StudentId]
) -> tuple[Person, ...]:
    """The guardians with one of these phones, or tied to one of these pupils."""
    of_students = select(GuardianshipRow.guardian_id).where(
        GuardianshipRow.school_id == tx.school_id, GuardianshipRow.student_id.in_(students)
    )
    rows = await tx.session.execute(
        select(GuardianRow.id, GuardianRow.sealed_profile, GuardianRow.phone_index)
        .where(
            GuardianRow.school_id == tx.school_id,
            GuardianRow.phone_index.in_(phones) | GuardianRow.id.in_(of_students),
        )
        .order_by(GuardianRow.id)
        .with_for_update(key_share=True)
    )
    found = []
    for id_, sealed, index in rows:
        guardian = open_guardian(keys, GuardianId(id_), sealed)
        found.append(Person(guardian.id, guardian.full_name, guardian.phone, index))
    return tuple(found)


async def list_ties(
    tx: Tx, students: Collection[StudentId]
) -> tuple[tuple[StudentId, GuardianId, Relation], ...]:
    """Who is tied to these pupils, oldest first."""
    rows = await tx.session.execute(
        select(GuardianshipRow.student_id, GuardianshipRow.guardian_id, GuardianshipRow.relation)
        .where(GuardianshipRow.school_id == tx.school_id, GuardianshipRow.student_id.in_(students))
        .order_by(GuardianshipRow.id)
    )
    return tuple((StudentId(s), GuardianId(g), Relation(relation)) for s, g, relation in rows)


async def save_people(
    tx: Tx, keys: SchoolKeys, added: Iterable[Person], changed: Iterable[Person], now: datetime
) -> None:
    """Write guardians that are new or say something new."""
    moved = list(changed)
    of_school = GuardianRow.school_id == tx.school_id
    if moved:  # a phone may pass from one guardian to another: nobody holds one while they are rewritten
        await tx.session.execute(
            update(GuardianRow)
            .where(of_school, GuardianRow.id.in_([p.id for p in moved]))
            .values(phone_index=None)
        )
    for person in moved:
        await tx.session.execute(
            update(GuardianRow)
            .where(of_school, GuardianRow.id == person.id)
            .values(**_values(tx, keys, person, now))
        )
    fresh = [{"id": p.id, "created_at": now} | _values(tx, keys, p, now) for p in added]
    if fresh:
        await tx.session.execute(insert(GuardianRow), fresh)


async def save_ties(
    tx: Tx,
    added: Iterable[tuple[StudentId, GuardianId, Relation]],
    changed: Iterable[tuple[StudentId, GuardianId, Relation]],
    now: datetime,
) -> None:
    """Write guardianships that are new (invited) or whose relation changed."""
    fresh = [
        {
            "school_id": tx.school_id,
            "id": new_id(),
            "student_id": student_id,
            "guardian_id": guardian_id,
            "relation": relation,
            "state": GuardianshipState.INVITED,
            "created_at": now,
            "updated_at": now,
        }
        for student_id, guardian_id, relation in added
    ]
    if fresh:
        await tx.session.execute(insert(GuardianshipRow), fresh)
    for student_id, guardian_id, relation in changed:
        await tx.session.execute(
            update(GuardianshipRow)
            .where(
                GuardianshipRow.school_id == tx.school_id,
                GuardianshipRow.student_id == student_id,
                GuardianshipRow.guardian_id == guardian_id,
            )
            .values(relation=relation, updated_at=now)
        )


async def list_guardianships(
    tx: Tx,
    keys: SchoolKeys,
    *,
    student_ids: Collection[StudentId] | None = None,
    guardian_ids: Collection[GuardianId] | None = None,
    ids: Collection[GuardianshipId] | None = None,
    account_id: ChatAccountId | None = None,
) -> tuple[Guardianship, ...]:
    """The guardianships of pupils, of guardians, or of the guardians that a chat account speaks for.

    With an account, each says how surely that account is the guardian's.
    """
    chosen: list[ColumnElement[bool]] = [GuardianshipRow.school_id == tx.school_id]
    if student_ids is not None:
        chosen.append(GuardianshipRow.student_id.in_(student_ids))
    if guardian_ids is not None:
        chosen.append(GuardianshipRow.guardian_id.in_(guardian_ids))
    if ids is not None:
        chosen.append(GuardianshipRow.id.in_(ids))
    if account_id is not None:
        chosen.append(GuardianAccountRow.chat_account_id == account_id)
    return await _ties(tx, keys, chosen, of_account=account_id is not None)


async def list_in_force(tx: Tx, keys: SchoolKeys) -> tuple[Guardianship, ...]:
    """Every guardianship that has not ended."""
    over = (GuardianshipState.EXPIRED, GuardianshipState.REVOKED)
    chosen = [GuardianshipRow.school_id == tx.school_id, GuardianshipRow.state.not_in(over)]
    return await _ties(tx, keys, chosen, of_account=False)


async def _ties(
    tx: Tx, keys: SchoolKeys, chosen: Sequence[ColumnElement[bool]], *, of_account: bool
) -> tuple[Guardianship, ...]:
    level = GuardianAccountRow.level if of_account else literal(int(Level.VERIFIED))
    of_guardian = (GuardianRow.school_id == GuardianshipRow.school_id) & (
        GuardianRow.id == GuardianshipRow.guardian_id
    )
    query = select(GuardianshipRow, GuardianRow.sealed_profile, level).join(GuardianRow, of_guardian)
    if of_account:
        links_account = (GuardianAccountRow.school_id == GuardianRow.school_id) & (
            GuardianAccountRow.guardian_id == GuardianRow.id
        )
        query = query.join(GuardianAccountRow, links_account)
    rows = await tx.session.execute(query.where(*chosen).order_by(GuardianshipRow.id))
    return tuple(_guardianship(keys, row, sealed, Level(account)) for row, sealed, account in rows)


async def find_by_phone(tx: Tx, index: bytes) -> GuardianId | None:
    """The guardian with this phone; a phone is one guardian's."""
    found = await tx.session.scalar(
        select(GuardianRow.id).where(GuardianRow.school_id == tx.school_id, GuardianRow.phone_index == index)
    )
    return GuardianId(found) if found else None


async def set_terms(
    tx: Tx, guardianship_id: GuardianshipId, now: datetime, **terms: date | datetime | str | None
) -> None:
    """Change what a guardianship rests on beside its state: `relation`, `valid_until`, `adult_agreed_at`."""
    await tx.session.execute(
        update(GuardianshipRow)
        .where(GuardianshipRow.school_id == tx.school_id, GuardianshipRow.id == guardianship_id)
        .values(**terms, updated_at=now)
    )


async def set_state(tx: Tx, guardianship_id: GuardianshipId, state: GuardianshipState, now: datetime) -> None:
    """Move a guardianship to another state."""
    await tx.session.execute(
        update(GuardianshipRow)
        .where(GuardianshipRow.school_id == tx.school_id, GuardianshipRow.id == guardianship_id)
        .values(state=state, updated_at=now)
    )


def _values(tx: Tx, keys: SchoolKeys, person: Person, now: datetime) -> dict[str, Any]:
    profile = orjson.dumps([person.full_name, person.phone.e164 if person.phone else None]).decode()
    return {
        "school_id": tx.school_id,
        "sealed_profile": keys.seal(profile, PROFILE),
        "phone_index": person.phone_index,
        "updated_at": now,
    }


def open_guardian(keys: SchoolKeys, id_: GuardianId, sealed: bytes) -> Guardian:
    """A guardian out of the sealed profile."""
    opened = keys.read(sealed, PROFILE)
    full_name, e164 = (UNREADABLE, None) if opened is None else orjson.loads(opened)
    return Guardian(id_, full_name, Phone(e164) if e164 else None)


def _guardianship(keys: SchoolKeys, row: GuardianshipRow, sealed: bytes, account: Level) -> Guardianship:
    return Guardianship(
        GuardianshipId(row.id),
        StudentId(row.student_id),
        open_guardian(keys, GuardianId(row.guardian_id), sealed),
        Relation(row.relation),
        GuardianshipState(row.state),
        row.valid_until,
        row.adult_agreed_at is not None,
        account,
    )
