"""On which ground the school uses personal data, use by use. Pure; `docs/security.md` shows it, generated.

What is not consent cannot be refused here, and is therefore kept to what the school must do: Decree 88/2026/NĐ-CP,
article 4(3), lets a school use learners' data within its functions and tasks; articles 11 and 12 let it show a
pupil's attendance, marks and dues to the authenticated representative (facts DL-013, GH-013). What is consent is asked
for one by one, and nothing is sent or kept on silence (Law 91/2025/QH15, article 9; fact DL-006). Which ground fits
which use is this project's reading, *likely*; a school has it looked at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from core.consents.domain import TERMS, Purpose


class Ground(StrEnum):
    """Why data may be used (căn cứ xử lý)."""

    TASK = "task of the school"
    LAW = "asked for by law"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of personal data, its ground, and how it ends (hoạt động xử lý)."""

    what: str
    ground: Ground
    basis: str
    ends: str
    purpose: Purpose | None = None

    @property
    def version(self) -> int | None:
        """The version of the question that is asked, for a consent."""
        return TERMS[self.purpose].version if self.purpose else None


_TASK = "Decree 88/2026, art. 4(3)"
USES: tuple[Use, ...] = (
    Use(
        "the roll: names, birthdays, numbers, guardians", Ground.TASK, _TASK, "the pupil leaves; kept by law"
    ),
    Use("who came and when (the record)", Ground.TASK, f"{_TASK}, 11", "two years"),
    Use("answers about one's own child in the chat", Ground.TASK, "Decree 88/2026, art. 11, 12", "unlinking"),
    Use("verifying a guardian: card, VNeID", Ground.LAW, "Decree 320/2026, art. 19", "unlinking, revoking"),
    Use("fees and what is said of them", Ground.TASK, _TASK, "paid; books are kept ten years"),
    Use("announcements; messages in an emergency", Ground.TASK, _TASK, "news can be switched off"),
    Use("the trail of who did what", Ground.LAW, "Law 91/2025 (protection is the school's duty)", "never"),
    Use(
        "a message whenever the child arrives",
        Ground.CONSENT,
        "Law 91/2025, art. 9",
        "each guardian, for the own messages, by a word in the chat or on paper",
        Purpose.ATTENDANCE_MESSAGES,
    ),
    Use(
        "the enrolled face",
        Ground.CONSENT,
        "Law 91/2025, art. 31 (sensitive)",
        "any guardian's word; deleted within the hour",
        Purpose.FACE_ENROLMENT,
    ),
    Use(
        "pictures of activities",
        Ground.CONSENT,
        "Law 91/2025, art. 24 (and the child's, from seven years)",
        "any guardian's word",
        Purpose.PHOTOS,
    ),
)
