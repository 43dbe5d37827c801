"""The way from the sender to the core: a cable that the demo can pull out, or none before the kiosk is enrolled."""

from __future__ import annotations

from dataclasses import dataclass

from core.contracts.checkin import CheckInReceipt, CheckInReport
from kiosk.clock import Counted
from kiosk.errors import NotEnrolledError, UnreachableError
from kiosk.uplink.sender import Delivery


@dataclass(slots=True)
class Wire:
    """The network cable; the demo can pull it out."""

    delivery: Delivery
    cut: bool = False

    async def check_in(self, report: CheckInReport, counted: Counted | None = None) -> CheckInReceipt:
        """Deliver, unless the cable is out."""
        if self.cut:
            raise UnreachableError("unplugged")
        return await self.delivery.check_in(report, counted)

    def set_cut(self, cut: bool) -> None:  # noqa: FBT001 - a cable is in or out
        """Pull the cable out, or plug it in."""
        self.cut = cut


class NotEnrolled:
    """The delivery of a kiosk without identity: reports wait."""

    async def check_in(self, report: CheckInReport, counted: Counted | None = None) -> CheckInReceipt:
        """Always away."""
        raise UnreachableError(NotEnrolledError.code)
