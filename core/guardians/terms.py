"""What a guardianship rests on beside its proof: as what somebody is the guardian, and until which day.

A foster home, a court's decision, a parents' authority for a school year: staff write down what the paper says, with
the reason. It proves nobody: the state stays, and the level follows from the relation and the day (`levels`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.audit.domain import AuditEntry
from core.audit.service import Audit
from core.db.transaction import Tx
from core.errors import CoreError
from core.guardians import repository
from core.guardians.domain import Guardianship, Relation
from core.guardians.service import Guardians
from core.guardians.steps.domain import By
from core.values.clock import school_date


class BadTermError(CoreError):
    """The last day of a guardianship has passed already."""

    code = "guardians.bad_term"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Terms:
    """As what, and until which day; None is without end (thời hạn giám hộ)."""

    relation: Relation
    valid_until: date | None = None


async def set_terms(guardians: Guardians, tx: Tx, tie: Guardianship, terms: Terms, by: By) -> None:
    """Write down the terms of a guardianship; rights end after the last day, whether or not a job has run.

    Raises:
        BadTermError: when the last day has passed.
    """
    now = guardians.clock.now()
    if terms.valid_until is not None and terms.valid_until < school_date(now):
        raise BadTermError
    await repository.set_terms(tx, tie.id, now, relation=terms.relation, valid_until=terms.valid_until)
    until = terms.valid_until.isoformat() if terms.valid_until else ""
    entry = AuditEntry(
        by.actor,
        "guardians.terms_set",
        f"guardianship:{tie.id}",
        {"relation": terms.relation, "until": until, "evidence": by.evidence},
        {"reason": by.reason} if by.reason else {},
    )
    await Audit(guardians.keyring, guardians.clock).record(tx, entry)
