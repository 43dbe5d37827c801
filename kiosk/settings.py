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
        env_prefix="CONGTRUONG_KIOSK_", extra="ignore", hide_input_in_errors=True
    )

    core_url: str = "http://127.0.0.1:8080"
    data_dir: Path = Path("data/kiosk")
    emulated: bool = False
    csca_dir: Annotated[
        Path | None,
        Field(description="The issuers of cards that the school trusts; `csca` in the data folder."),
    ] = None
    pupils_file: Path | None = None
    language: Language = Language.VI
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8083
    name: Annotated[str, Field(min_length=1, max_length=80)] = "Kiosk cổng chính"
    mode: CheckInMode = CheckInMode.ATTENDANCE
    exam_session_id: UUID | None = None
    camera: Annotated[str, Field(description="A camera's number, a video file or a folder of pictures.")] = (
        "0"
    )
    log_level: str = "INFO"
    update_source: Annotated[
        str, Field(description="A folder or address with signed releases; none: updates are refused.")
    ] = ""
    update_key: Annotated[str, Field(description="The publisher's Ed25519 public key, base64.")] = ""

    notify_socket: Annotated[
        str, Field(validation_alias="NOTIFY_SOCKET", description="systemd's; tells it that the kiosk lives.")
    ] = ""

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
