"""Settings of the core and of every process that uses the database.

They come from the environment (`CONGTRUONG_…`, and `DATABASE_URL` as everybody spells it); what is secret and
missing is generated on the first start into the data folder (mode 0600), except in production, where a start
without it is refused with a sentence that says what to set. Nothing else reads the environment.
"""

from __future__ import annotations

import base64
import json
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.vault.keyring import MASTER_KEY_BYTES, Keyring, MasterKey

SECRETS_FILE = "secrets.json"


class Environment(StrEnum):
    """How careful a start has to be."""

    DEMO = "demo"
    PRODUCTION = "production"


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


class SignOnSettings(BaseSettings):
    """Signing on with VNeID by OpenID Connect; off until an issuer and a client id are set.

    What VNeID's broker calls things is known from public pages only (certainty M to L), so all of it is a setting.
    """

    model_config = SettingsConfigDict(
        env_prefix="CONGTRUONG_VNEID_", extra="ignore", hide_input_in_errors=True
    )

    issuer: str = ""
    client_id: str = ""
    client_secret: SecretStr = SecretStr("")
    secret_in_body: Annotated[bool, Field(description="client_secret_post instead of _basic.")] = False
    authorization_url: Annotated[str, Field(description="All three, or discovery is used.")] = ""
    token_url: str = ""
    keys_url: str = ""
    user_info_url: str = ""
    scope: str = "openid"
    acr_values: str = ""
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    claims: dict[str, str] = Field(
        default_factory=lambda: {
            "citizen_id": "SoDinhDanh",
            "full_name": "HoVaTen",
            "born_on": "NgayThangNamSinh",
        }
    )
    required_claims: Annotated[
        dict[str, tuple[str, ...]], Field(description='For example {"LoaiTaiKhoan": ["2"]}.')
    ] = Field(default_factory=dict)
    leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 60
    oldest_token_seconds: Annotated[int, Field(gt=0)] = 600
    timeout_seconds: Annotated[float, Field(gt=0)] = 10.0

    @field_validator("algorithms")
    @classmethod
    def _asymmetric(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        """Never `none`, and never a shared secret as a signature."""
        if not value or not set(value) <= {"RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"}:
            raise ValueError("only asymmetric signature algorithms are accepted")
        return value

    @property
    def on(self) -> bool:
        """Whether the school has an agreement with the provider."""
        return bool(self.issuer and self.client_id)


class CoreSettings(BaseSettings):
    """What core, bot and their commands need to know before they start."""

    model_config = SettingsConfigDict(
        env_prefix="CONGTRUONG_", extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    environment: Environment = Environment.DEMO
    data_dir: Path = Path("data")
    database_url: Annotated[
        SecretStr | None, Field(validation_alias=AliasChoices("DATABASE_URL", "CONGTRUONG_DATABASE_URL"))
    ] = None
    master_key: Annotated[SecretStr | None, Field(description="32 bytes, base64.")] = None
    previous_master_keys: tuple[SecretStr, ...] = ()
    session_key: Annotated[
        SecretStr | None, Field(description="32 bytes, base64; signs console sessions.")
    ] = None
    host: str = "127.0.0.1"
    core_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    core_public_url: str = "http://127.0.0.1:8080"
    max_body_bytes: Annotated[int, Field(gt=0)] = 2 * 1024 * 1024
    behind_proxy: Annotated[
        bool, Field(description="A proxy of ours sets X-Forwarded-For; the last entry is the caller.")
    ] = False
    require_two_step: Annotated[
        bool | None, Field(description="Whether staff need the second step; by default in production.")
    ] = None
    sign_on: SignOnSettings = Field(default_factory=SignOnSettings)
    bank_feeds: Annotated[
        dict[str, SecretStr],
        Field(
            description='Secrets of bank feeds: {"sepay": "…"}, or for one school {"casso:<school id>": "…"}.'
        ),
    ] = Field(default_factory=dict)
    database_pool_size: Annotated[int, Field(gt=0)] = 10
    log_level: str = "INFO"

    @property
    def two_step_required(self) -> bool:
        """Whether staff who sign in by password need the second step."""
        if self.require_two_step is None:
            return self.environment is Environment.PRODUCTION
        return self.require_two_step

    def keyring(self) -> Keyring:
        """The keys that seal personal data."""
        return Keyring(
            _master("CONGTRUONG_MASTER_KEY", self.master_key),
            tuple(_master("CONGTRUONG_PREVIOUS_MASTER_KEYS", key) for key in self.previous_master_keys),
        )

    def session_secret(self) -> bytes:
        """The key that signs console sessions."""
        return _master("CONGTRUONG_SESSION_KEY", self.session_key).value

    def require_database_url(self) -> str:
        """The database's URL.

        Raises:
            SettingsError: when none is known.
        """
        if self.database_url is None:
            raise SettingsError(
                "Set DATABASE_URL to a PostgreSQL 16 or later (postgresql://user:password@host/name)."
            )
        return self.database_url.get_secret_value()


def load_settings(**overrides: Any) -> CoreSettings:
    """Read the environment, then fill what is secret and missing.

    Raises:
        SettingsError: in production, when a secret or the database is not set.
    """
    settings = CoreSettings(**overrides)
    missing = [name for name in ("master_key", "session_key") if getattr(settings, name) is None]
    if settings.environment is Environment.PRODUCTION:
        unset = [f"CONGTRUONG_{name.upper()}" for name in missing]
        unset += ["DATABASE_URL"] if settings.database_url is None else []
        if unset:
            raise SettingsError(
                f"Production needs {', '.join(unset)}. Keys are 32 random bytes in base64: "
                "`openssl rand -base64 32`. Keep them outside the data folder and back them up."
            )
        return settings
    if missing:
        kept = _kept_secrets(settings.data_dir)
        settings = settings.model_copy(update={name: SecretStr(kept[name]) for name in missing})
    return settings


def kept_secret(data_dir: Path, name: str) -> str:
    """One generated secret of the data folder (`master_key`, `database_password`, `demo_password` …)."""
    return _kept_secrets(data_dir)[name]


def _kept_secrets(data_dir: Path) -> dict[str, str]:
    """The generated secrets of a data folder; made on the first call."""
    path = data_dir / SECRETS_FILE
    names = ("master_key", "session_key", "database_password", "demo_password")
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if not all(name in kept for name in names):
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept |= {
            name: base64.b64encode(secrets.token_bytes(MASTER_KEY_BYTES)).decode()
            for name in names
            if name not in kept
        }
        fresh = path.with_suffix(".new")
        fresh.touch(mode=0o600)
        fresh.write_text(json.dumps(kept))
        fresh.replace(path)
    return kept


def _master(name: str, secret: SecretStr | None) -> MasterKey:
    if secret is None:
        raise SettingsError(f"Set {name}: 32 random bytes in base64 (`openssl rand -base64 32`).")
    try:
        return MasterKey(base64.b64decode(secret.get_secret_value(), validate=True))
    except ValueError as error:
        raise SettingsError(f"{name} is not 32 bytes in base64 (`openssl rand -base64 32`).") from error
