"""From what was found out about a chip to a judgement that never claims more than it knows.

A pure function. Contradictions weigh most; then `genuine` needs all of: files match, signature holds, issuer
trusted, and a proof that the chip is no copy.
"""

from __future__ import annotations

from collections.abc import Iterable

from core.contracts.checkin import ChipVerdict
from kiosk.card.values import Genuineness, Reason

CONTRADICTIONS = frozenset(
    (
        Reason.SIGNED_FILE_MISSING,
        Reason.UNSIGNED_FILE,
        Reason.HASH_MISMATCH,
        Reason.SIGNATURE_INVALID,
        Reason.SECURITY_OBJECT_MISSING,
        Reason.SECURITY_OBJECT_MALFORMED,
        Reason.SIGNER_REVOKED,
        Reason.SIGNER_NOT_FROM_ISSUER,
        Reason.ACTIVE_AUTHENTICATION_FAILED,
        Reason.CHIP_AUTHENTICATION_FAILED,
        Reason.PACE_CHIP_MAPPING_FAILED,
    )
)
GAPS = frozenset(
    (
        Reason.ISSUER_UNKNOWN,
        Reason.SIGNER_EXPIRED,
        Reason.SIGNER_NOT_FOR_DOCUMENTS,
        Reason.ISSUER_EXPIRED,
        Reason.COPY_CHECK_MISSING,
        Reason.PORTRAIT_NOT_READ,
        Reason.HOLDER_CONTRADICTION,
        Reason.SECURITY_OBJECT_UNUSUAL,
    )
)
NO_COPY = frozenset(
    (Reason.ACTIVE_AUTHENTICATION_OK, Reason.CHIP_AUTHENTICATION_OK, Reason.PACE_CHIP_MAPPING_OK)
)
_INTACT = frozenset((Reason.HASHES_MATCH, Reason.SIGNATURE_VALID))


def judge(found: Iterable[Reason]) -> Genuineness:
    """Weigh the reasons.

    >>> judge([Reason.HASHES_MATCH, Reason.SIGNATURE_VALID, Reason.ISSUER_UNKNOWN]).verdict.value
    'integrity_ok_issuer_unknown'
    """
    reasons = tuple(dict.fromkeys(found))
    known = frozenset(reasons)
    if not known & (NO_COPY | CONTRADICTIONS):
        reasons = tuple(dict.fromkeys((*reasons, Reason.COPY_CHECK_MISSING)))
    if known & CONTRADICTIONS:
        verdict = ChipVerdict.ALTERED
    elif not known >= _INTACT:
        verdict = ChipVerdict.NOT_READ
    elif Reason.ISSUER_TRUSTED in known and known & NO_COPY and not known & GAPS:
        verdict = ChipVerdict.GENUINE
    else:
        verdict = ChipVerdict.ISSUER_UNKNOWN
    return Genuineness(verdict, reasons)
