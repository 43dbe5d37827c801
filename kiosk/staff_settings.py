"""What staff chose from afar, kept in the data folder; the rest is `kiosk.settings`, from the environment.

What they opened or closed is kept too: a power cut in the middle of an exam does not make its door the school's, nor
does it open a kiosk that they closed.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from core.contracts.checkin import CheckInMode
from core.contracts.commands import MOST_TURNS
from kiosk.session.values import Job
from kiosk.uplink.journal import replace_file

FILE = "staff_settings.json"
OPENED_FOR = timedelta(hours=10)
_log = structlog.get_logger()


class StaffSettings(BaseModel):
    """The switches of staff (cài đặt từ xa)."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    language: Literal["vi", "en"] = "vi"
    code_alone: bool = True
    face_alone: bool = False
    sound: bool = True
    turns: Annotated[int, Field(ge=1, le=MOST_TURNS)] = 1
    """How many turns of the head the gate asks for; an exam never asks for fewer than its own."""
    mode: CheckInMode | None = None
    exam_session_id: UUID | None = None
    opened_at: AwareDatetime | None = None
    """When they opened the kiosk for `mode`."""
    closed: Literal["closed", "staff"] | None = None
    """Why nobody is served, until staff open the kiosk again."""

    def job_at(self, now: datetime) -> Job | None:
        """What staff opened the kiosk for, if that was today: the next morning begins as the kiosk is set up."""
        if self.mode is None or self.opened_at is None or abs(now - self.opened_at) > OPENED_FOR:
            return None
        return Job(self.mode, self.exam_session_id)


def load_staff_settings(data_dir: Path, otherwise: StaffSettings) -> StaffSettings:
    """What staff last chose; `otherwise` where they chose nothing or the file is damaged."""
    try:
        return StaffSettings.model_validate_json((data_dir / FILE).read_text())
    except FileNotFoundError:
        return otherwise
    except (OSError, ValidationError) as error:
        _log.warning("staff_settings_unreadable", kind=type(error).__name__)
        return otherwise


def keep_staff_settings(data_dir: Path, chosen: StaffSettings) -> None:
    """Write down what staff chose."""
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    replace_file(data_dir / FILE, chosen.model_dump_json().encode())
