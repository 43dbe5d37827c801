"""Word to the chats that a guardian already has, whenever one more speaks for that guardian.

By whichever means it came: a code, the own phone, a card, VNeID, a kiosk, staff. Who did not do it says so, and
`cases.contest` acts on it.
"""

from __future__ import annotations

from collections.abc import Collection

from core.db.transaction import Tx
from core.guardians import notices
from core.guardians.service import Guardians
from core.notifications.domain import NewNotification
from core.values.ids import ChatAccountId, GuardianId


async def warned(
    guardians: Guardians, tx: Tx, account_id: ChatAccountId, joined: Collection[GuardianId], once: str
) -> tuple[NewNotification, ...]:
    """One message for each other chat of the guardians whom this account has just `joined`; `once` names the cause."""
    others = [
        to for guardian_id in joined for to in await guardians.other_recipients(tx, guardian_id, account_id)
    ]
    return tuple(
        notices.of_new_account(to, f"{once}:{number}") for number, to in enumerate(dict.fromkeys(others))
    )
