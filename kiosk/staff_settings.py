"""What staff may change from afar, kept in the data folder; the rest is `kiosk.settings`, from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.contracts.commands import MOST_TURNS
from kiosk.uplink.journal import replace_file

FILE = "staff_settings.json"
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
