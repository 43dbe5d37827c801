"""What a reading yields, as frozen values whose repr never shows the person.

No decision is taken here; see `kiosk.card.verdict` for the judgement of the chip.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from typing_extensions import override

from core.contracts.checkin import ChipVerdict
from core.contracts.citizen_id import CitizenId


class Phase(StrEnum):
    """How far a reading has come, for the screen; in the order they happen."""

    ACCESS = "access"
    DETAILS = "details"
    COPY_CHECK = "copy_check"
    PORTRAIT = "portrait"
    CHECKING = "checking"
    DONE = "done"


class AccessMethod(StrEnum):
    """Which protocol and which secret opened the chip."""

    PACE_CAN = "pace_can"
    PACE_MRZ = "pace_mrz"
    BAC = "bac"


class ImageFormat(StrEnum):
    """How a portrait is coded."""

    JPEG = "jpeg"
    JPEG2000 = "jpeg2000"


class Reason(StrEnum):
    """One thing that was found out about the chip, for staff."""

    # Proofs that succeeded.
    HASHES_MATCH = "hashes_match"
    SIGNATURE_VALID = "signature_valid"
    ISSUER_TRUSTED = "issuer_trusted"
    ACTIVE_AUTHENTICATION_OK = "active_authentication_ok"
    CHIP_AUTHENTICATION_OK = "chip_authentication_ok"
    PACE_CHIP_MAPPING_OK = "pace_chip_mapping_ok"
    # Gaps: something is not proved.
    ISSUER_UNKNOWN = "issuer_unknown"
    SIGNER_EXPIRED = "signer_expired"
    SIGNER_NOT_FOR_DOCUMENTS = "signer_not_for_documents"
    ISSUER_EXPIRED = "issuer_expired"
    REVOCATION_NOT_CHECKED = "revocation_not_checked"
    COPY_CHECK_MISSING = "copy_check_missing"
    PORTRAIT_NOT_READ = "portrait_not_read"
    ALGORITHM_UNSUPPORTED = "algorithm_unsupported"
    CARD_ACCESS_UNSIGNED = "card_access_unsigned"
    SECURITY_OBJECT_UNUSUAL = "security_object_unusual"
    # Contradictions: the chip is altered, or is not the chip it was issued as.
    SIGNED_FILE_MISSING = "signed_file_missing"
    UNSIGNED_FILE = "unsigned_file"
    HASH_MISMATCH = "hash_mismatch"
    SIGNATURE_INVALID = "signature_invalid"
    SECURITY_OBJECT_MISSING = "security_object_missing"
    SECURITY_OBJECT_MALFORMED = "security_object_malformed"
    SIGNER_REVOKED = "signer_revoked"
    SIGNER_NOT_FROM_ISSUER = "signer_not_from_issuer"
    ACTIVE_AUTHENTICATION_FAILED = "active_authentication_failed"
    CHIP_AUTHENTICATION_FAILED = "chip_authentication_failed"
    PACE_CHIP_MAPPING_FAILED = "pace_chip_mapping_failed"
    HOLDER_CONTRADICTION = "holder_contradiction"


@dataclass(frozen=True, slots=True)
class Genuineness:
    """The judgement of the chip and what it rests on (tính xác thực của thẻ).

    `GENUINE` means: signed by an issuer in the school's store, unaltered, and not a copy. `ISSUER_UNKNOWN`
    means: unaltered since its own signer signed it, with something missing for more (see the reasons).
    `ALTERED` means a check failed. `NOT_READ` means: nothing could be proved either way.
    """

    verdict: ChipVerdict
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True, repr=False)
class Portrait:
    """The holder's face as the chip stores it (ảnh chân dung DG2)."""

    image: bytes
    format: ImageFormat
    width: int = 0
    height: int = 0

    @override
    def __repr__(self) -> str:
        return f"Portrait({self.format}, {len(self.image)} bytes)"


@dataclass(frozen=True, slots=True, repr=False)
class CitizenDetails:
    """The Vietnamese fields of DG13 (thông tin công dân); every one may be absent.

    `expires_on` is None and `no_expiry` True for "Không thời hạn".
    """

    number: str | None = None
    full_name: str | None = None
    born_on: date | None = None
    gender: str | None = None
    nationality: str | None = None
    ethnicity: str | None = None
    religion: str | None = None
    origin: str | None = None
    residence: str | None = None
    identifying_marks: str | None = None
    issued_on: date | None = None
    expires_on: date | None = None
    no_expiry: bool = False
    father: str | None = None
    mother: str | None = None
    spouse: str | None = None
    old_number: str | None = None

    @override
    def __repr__(self) -> str:
        present = [name for name in self.__slots__ if getattr(self, name)]
        return f"CitizenDetails({', '.join(present)})"


@dataclass(frozen=True, slots=True, repr=False)
class CardHolder:
    """Whom the chip names (chủ thẻ).

    `full_name` has its Vietnamese marks when the chip holds DG11 or DG13; else it is the bare MRZ name, and
    `name_has_marks` is False. `expires_on` is None for a card without expiry.
    """

    citizen_id: CitizenId
    full_name: str
    name_has_marks: bool
    born_on: date | None
    sex: str
    nationality: str
    expires_on: date | None
    details: CitizenDetails | None = None

    @override
    def __repr__(self) -> str:
        return f"CardHolder({self.citizen_id.masked})"


@dataclass(frozen=True, slots=True)
class PhaseTiming:
    """How long a phase took and how many APDUs it exchanged."""

    phase: Phase
    seconds: float
    apdus: int


@dataclass(frozen=True, slots=True, repr=False)
class CardReading:
    """All that one tap of a card gave (kết quả đọc thẻ)."""

    holder: CardHolder
    portrait: Portrait | None
    genuineness: Genuineness
    access: AccessMethod
    timings: tuple[PhaseTiming, ...] = ()
    files: tuple[str, ...] = field(default=())

    @property
    def seconds(self) -> float:
        """The whole reading, in seconds."""
        return sum(timing.seconds for timing in self.timings)

    @property
    def apdus(self) -> int:
        """How many APDUs were exchanged."""
        return sum(timing.apdus for timing in self.timings)

    @override
    def __repr__(self) -> str:
        return f"CardReading({self.holder.citizen_id.masked}, {self.genuineness.verdict}, {self.access})"
