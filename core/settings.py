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

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from core.vault.keyring import MASTER_KEY_BYTES, Keyring, MasterKey

SECRETS_FILE = "secrets.json"


class Environment(StrEnum):
    """How careful a start has to be."""

    DEMO = "demo"
    PRODUCTION = "production"


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


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
    database_pool_size: Annotated[int, Field(gt=0)] = 10
    log_level: str = "INFO"

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
