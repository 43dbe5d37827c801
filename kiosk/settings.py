"""Settings of a kiosk, from the environment (`CONGTRUONG_KIOSK_…`). Nothing else of the kiosk reads it.

There is no secret among them: the kiosk's key is made at enrolment and stays in the data folder.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.contracts.checkin import CheckInMode
from kiosk.errors import SettingsError
from kiosk.session.values import Job


class Language(StrEnum):
    """The language that the screen begins with."""

    VI = "vi"
    EN = "en"


class KioskSettings(BaseSettings):
    """What a kiosk needs to know before it starts."""

    model_config = SettingsConfigDict(
        env_prefix="CONGTRUONG_KIOSK_",
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    core_url: str = "http://127.0.0.1:8080"
    """The core that reports go to."""
    data_dir: Path = Path("data/kiosk")
    """Where the kiosk's key, spool, models and settings lie."""
    emulated: bool = False
    """A card and a camera that are emulated, as in the demo."""
    csca_dir: Path | None = None
    """The issuers of cards that the school trusts; `csca` in the data folder."""
    exam_needs_issuer: bool = False
    """At an exam, a portrait counts only on a card that those issuers proved; others: the enrolled face, or staff."""
    pupils_file: Path | None = None
    """The fictional people of the demo, whose cards are emulated."""
    language: Language = Language.VI
    """The language that the screen begins with."""
    host: str = "127.0.0.1"
    """Where the screen's page is served."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8083
    """On which port."""
    name: Annotated[str, Field(min_length=1, max_length=80)] = "Kiosk cổng chính"
    """What staff read of this kiosk."""
    mode: CheckInMode = CheckInMode.ATTENDANCE
    """What the kiosk begins with: attendance, exam, visitor, guardian or enrolment."""
    exam_session_id: UUID | None = None
    """The exam that it begins with."""
    camera: str = "0"
    """A camera's number, a video file or a folder of pictures."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""
    update_source: str = ""
    """A folder or address with signed releases; none: updates are refused."""
    update_key: str = ""
    """The publisher's Ed25519 public key, base64."""
    notify_socket: Annotated[str, Field(validation_alias="NOTIFY_SOCKET")] = ""
    """Set by systemd, which is told there that the kiosk lives."""

    runtime_directory: Annotated[Path | None, Field(validation_alias="RUNTIME_DIRECTORY")] = None
    """Set by systemd (`RuntimeDirectory=`): a folder in memory, where the roster's key lies; else beside the roster."""

    @field_validator("core_url")
    @classmethod
    def _http(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("an http or https address is needed")
        return value.rstrip("/")

    @property
    def core_moved_to(self) -> str | None:
        """The core's address where one is set: it wins over the one that the enrolment wrote down."""
        return self.core_url if "core_url" in self.model_fields_set else None

    @property
    def issuers(self) -> Path:
        """The folder of the issuers (CSCA certificates) that the school trusts."""
        return self.csca_dir or self.data_dir / "csca"

    @property
    def job(self) -> Job:
        """What the kiosk begins with."""
        return Job(self.mode, self.exam_session_id)


def load_settings(**overrides: Any) -> KioskSettings:
    """Read the environment.

    Raises:
        SettingsError: naming the settings that are wrong.
    """
    try:
        return KioskSettings(**overrides)
    except ValidationError as error:
        wrong = sorted({f"CONGTRUONG_KIOSK_{str(item['loc'][0]).upper()}" for item in error.errors()})
        raise SettingsError(f"these settings cannot be used: {', '.join(wrong)}") from error
