"""The proof in PACE's chip-authentication mapping (ICAO 9303-11, 4.4.3.5): is it the chip that was issued?

The static key stands in EF.CardSecurity, which must be signed by the very signer of the security object; what
that signer is worth, passive authentication has judged already.
"""

from __future__ import annotations

from kiosk.card.access import Opened
from kiosk.card.cms import open_signed
from kiosk.card.errors import CardError, UnsupportedAlgorithmError
from kiosk.card.pace import ChipProof
from kiosk.card.passive_auth import parse_security_object
from kiosk.card.public_keys import parse_agreement_key
from kiosk.card.security_infos import SecurityInfos, parse
from kiosk.card.values import Reason

CARD_SECURITY_CONTENT = "0.4.0.127.0.7.3.2.1"


def check_chip_mapping(opened: Opened, sod: bytes | None) -> tuple[Reason, ...]:
    """What the mapping proved; nothing when the chip was opened in another way."""
    if opened.proof is None:
        return ()
    try:
        infos = _signed_infos(opened.card_security, sod)
        proved = infos is not None and _any_key_fits(opened.proof, infos)
    except UnsupportedAlgorithmError:
        return (Reason.ALGORITHM_UNSUPPORTED,)
    except CardError:
        proved = False
    return (Reason.PACE_CHIP_MAPPING_OK if proved else Reason.PACE_CHIP_MAPPING_FAILED,)


def _signed_infos(card_security: bytes | None, sod: bytes | None) -> SecurityInfos | None:
    if card_security is None or sod is None:
        return None
    signed = open_signed(card_security, CARD_SECURITY_CONTENT)
    same_signer = signed.signer.dump() == parse_security_object(sod).signed.signer.dump()
    return parse(signed.content) if signed.valid and same_signer else None


def _any_key_fits(proof: ChipProof, infos: SecurityInfos) -> bool:
    for public in infos.public_keys:
        key = parse_agreement_key(public.spki)
        if key.group == proof.group and proof.holds_for(key.element):
            return True
    return False
