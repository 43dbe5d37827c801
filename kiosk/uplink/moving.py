"""What a kiosk that is enrolled at another school leaves behind, before it is that school's.

Its spool may hold citizen numbers, its roster names and faces, its settings what the old school allowed: none of it is
the new school's. Reports that were not sent are put aside, sealed as they are, and told; the rest is deleted. A kiosk
that is enrolled again at the same school keeps everything. It does not bring the reports to anybody.
"""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

from kiosk.errors import NotEnrolledError
from kiosk.staff_settings import FILE as STAFF_SETTINGS
from kiosk.uplink.identity import load_identity
from kiosk.uplink.journal import sync_folder
from kiosk.uplink.roster import FILE as ROSTER
from kiosk.uplink.roster import KEY_FILE as ROSTER_KEY

SPOOL = "spool"


def leave_school(data_dir: Path, coming_to: UUID) -> Path | None:
    """Clear out another school's things; where its reports lie now, or None when there were none, or it is the same.

    Raises:
        OSError: when the disk does not let it.
    """
    try:
        before = load_identity(data_dir).school_id
    except NotEnrolledError:
        return None
    if before == coming_to:
        return None
    for name in (ROSTER, ROSTER_KEY, STAFF_SETTINGS):
        (data_dir / name).unlink(missing_ok=True)
    spool, aside = data_dir / SPOOL, data_dir / f"{SPOOL}.{before}"
    if not spool.exists():
        return None
    # Who comes back to a school and leaves it again has two.
    number = 1
    while aside.exists():
        number += 1
        aside = data_dir / f"{SPOOL}.{before}.{number}"
    spool.rename(aside)
    sync_folder(data_dir)
    return aside
