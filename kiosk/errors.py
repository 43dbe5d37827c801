"""What can go wrong in the kiosk outside the chip, as codes, no prose; the chip's are `kiosk.card.errors`.

The sentences that people read are in `kiosk/screen/texts`, keyed by `code`; a test walks the subclasses. No
error carries a citizen number, a name or an image.
"""

from __future__ import annotations

from typing import ClassVar


class KioskError(Exception):
    """A fact that stops something in the kiosk."""

    code: ClassVar[str] = "kiosk.error"

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class SettingsError(KioskError):
    """A setting is missing or wrong; the detail says which and what to do."""

    code = "kiosk.settings"


class NotEnrolledError(KioskError):
    """This kiosk has no identity yet: run `congtruong kiosk enrol`."""

    code = "kiosk.not_enrolled"


class SpoolError(KioskError):
    """A report could not be written durably (disk full, read-only, broken): it is NOT recorded."""

    code = "kiosk.spool"


class UnreachableError(KioskError):
    """The core did not answer, or said 5xx: the same request may pass later."""

    code = "kiosk.unreachable"


class RefusedError(KioskError):
    """The core refused the request and would refuse it again."""

    code = "kiosk.refused"

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"{status} {reason}")
        self.status = status
        self.reason = reason


class NonsenseError(UnreachableError):
    """The core's answer is not what its contract says; treated like no answer."""

    code = "kiosk.nonsense"


class UpdateError(KioskError):
    """Newer software was not taken; the detail is a code, and what runs goes on running."""

    code = "kiosk.update"


class CameraError(KioskError):
    """The camera gives no usable picture; the detail is its condition (unplugged, frozen, dark, …)."""

    code = "kiosk.camera"
