"""A family and its chat accounts, for tests of who may speak for whom. Everybody here is made up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.contracts.citizen_id import CitizenId
from core.conversations.service import Conversations
from core.db.transaction import Tx
from core.guardians.audience.service import Audience
from core.guardians.domain import CodeStrength, NewGuardian, Relation
from core.guardians.evidence import ChildIdentity, Evidence, Identity, Means
from core.guardians.levels import Feature
from core.guardians.service import Guardians
from core.students.service import Students
from core.values.ids import ChatAccountId, GuardianId, StudentId
from core.values.phone import Phone
from tests.core.guardians.conftest import AN, BINH

MOTHER, FATHER = "Lê Thị Hoa", "Trần Văn Nam"
MOTHERS_CARD = Identity(CitizenId("099184000001"), "LÊ THỊ HOA", date(1984, 5, 6))
FATHERS_CARD = Identity(CitizenId("099082000002"), "TRẦN VĂN NAM", date(1982, 7, 8))
PHONE = Phone.parse("0990000123")


def childs_card(father: str = "TRẦN VĂN NAM", mother: str = "LÊ THỊ HOA") -> ChildIdentity:
    """What the QR of An's card of 2024 says."""
    return ChildIdentity(AN.full_name, AN.born_on, AN.citizen_id, father=father, mother=mother)


async def chats_told(
    tx: Tx, guardians: Guardians, student_id: StudentId, feature: Feature = Feature.ATTENDANCE
) -> tuple[str, ...]:
    """The web chats in which the guardians of a pupil read such a message."""
    reached = await Audience(guardians).of_student(tx, student_id, feature)
    return tuple(place.address for one in reached for place in one.recipients if place.channel == "webchat")


@dataclass
class Family:
    """Mother of An and Bình, father of An."""

    an: StudentId
    binh: StudentId
    mother: GuardianId
    father: GuardianId


async def family(tx: Tx, students: Students, guardians: Guardians, number: CitizenId | None = None) -> Family:
    """Record it; `number` is the mother's, when the roll has it."""
    an, binh = [one.student_id for one in await students.record_all(tx, (AN, BINH))]
    placed = await guardians.record_all(
        tx,
        (
            NewGuardian(an, Relation.MOTHER, MOTHER, PHONE, number),
            NewGuardian(binh, Relation.MOTHER, MOTHER, PHONE, number),
            NewGuardian(an, Relation.FATHER, FATHER),
        ),
    )
    return Family(an, binh, placed.placed[0].guardian_id, placed.placed[2].guardian_id)


async def account(tx: Tx, conversations: Conversations, chat: str = "chat-1") -> ChatAccountId:
    return (await conversations.meet(tx, "webchat", chat)).id


async def linked(
    tx: Tx,
    guardians: Guardians,
    conversations: Conversations,
    guardian_id: GuardianId,
    *,
    chat: str = "chat-1",
    strength: CodeStrength = CodeStrength.SENT,
) -> ChatAccountId:
    """An account that came by a code."""
    mine = await account(tx, conversations, chat)
    code = await guardians.issue_link_code(tx, guardian_id, strength)
    await guardians.link(tx, mine, code.value)
    return mine


def scan(account_id: ChatAccountId, identity: Identity, child: ChildIdentity | None = None) -> Evidence:
    """The QR of a card, scanned on our page."""
    return Evidence(Means.CARD_QR, account_id, identity, child, actor=f"chat:{account_id}", reference="page")
