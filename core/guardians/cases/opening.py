"""Opens a case for staff. One account can keep only a few waiting, so that nobody floods the office."""

from __future__ import annotations

from uuid import UUID

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.guardians.cases import repository
from core.guardians.cases.domain import NewCase
from core.values.clock import Clock
from core.values.ids import new_id
from core.vault.keyring import Keyring

MOST_WAITING = 3


async def open_case(tx: Tx, keyring: Keyring, clock: Clock, new: NewCase) -> UUID | None:
    """Open a case, or nothing when the account has enough waiting; nobody outside can tell which."""
    if await repository.count_open(tx, new.account_id) >= MOST_WAITING:
        return None
    case_id = new_id()
    await repository.add(tx, keyring.for_school(tx.school_id), case_id, new, clock.now())
    entry = AuditEntry(
        f"chat:{new.account_id}",
        "guardians.case_opened",
        f"guardian_case:{case_id}",
        {"kind": new.kind, "means": new.means},
    )
    await Audit(keyring, clock).record(tx, entry)
    return case_id
