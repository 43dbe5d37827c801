"""The picture of a kiosk's state for staff: codes and counts. Pure; it has no way to a face or a name."""

from __future__ import annotations

from core.contracts.commands import KioskState
from kiosk.clock import CoreTime
from kiosk.screen.view import view_of
from kiosk.session.places import Locked, Session, Verdict
from kiosk.session.values import VerdictKind
from kiosk.staff_settings import StaffSettings
from kiosk.uplink.sender import UplinkStatus
from kiosk.version import SOFTWARE


def state_of(
    session: Session,
    uplink: UplinkStatus,
    time: CoreTime,
    staff: StaffSettings,
    emulated: tuple[str, ...] = (),
    camera: str = "ok",
) -> KioskState:
    """How the kiosk stands now; `camera` is its last condition.

    >>> from kiosk.clock import SystemClock
    >>> status = UplinkStatus(online=True, queued=0, parked=0)
    >>> state_of(Session(), status, CoreTime(SystemClock()), StaffSettings()).screen
    'idle'
    """
    place = session.place
    drift = time.drift
    return KioskState(
        screen=view_of(session, 0.0).screen,
        mode=session.next_job.mode,
        exam_session_id=session.next_job.exam_session_id,
        locked=place.reason if isinstance(place, Locked) else None,
        waits_for_staff=isinstance(place, Verdict) and place.kind is VerdictKind.NEEDS_STAFF,
        online=uplink.online,
        queued=uplink.queued,
        parked=uplink.parked,
        reader=_reader(session, emulated),
        camera="emulated" if "camera" in emulated else camera,
        clock_drift_ms=None if drift is None else round(1000 * drift.total_seconds()),
        language=staff.language,
        software=SOFTWARE,
        emulated=emulated,
    )


def _reader(session: Session, emulated: tuple[str, ...]) -> str:
    if not session.reader_there:
        return "unplugged"
    return "emulated" if "card" in emulated else "ok"
