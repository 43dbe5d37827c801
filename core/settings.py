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
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableError

from core.vault.keyring import MASTER_KEY_BYTES, Keyring, MasterKey

SECRETS_FILE = "secrets.json"


class Environment(StrEnum):
    """How careful a start has to be."""

    DEMO = "demo"
    PRODUCTION = "production"


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which and what to do."""


Some = TypeVar("Some", bound=BaseSettings)


def read_settings(of: type[Some], **overrides: Any) -> Some:
    """Settings of a kind from the environment.

    Raises:
        SettingsError: naming the settings that cannot be used, never their values.
    """
    try:
        return of(**overrides)
    except ValidationError as error:
        wrong = sorted({_variable(of, str(one["loc"][0])) for one in error.errors()})
        raise SettingsError(f"These settings cannot be used: {', '.join(wrong)}.") from None
    except UnreadableError as error:
        name = str(error).partition('"')[2].partition('"')[0]
        raise SettingsError(
            f"{_variable(of, name)} is not written as JSON: a list or a mapping is."
        ) from None


def _variable(of: type[BaseSettings], name: str) -> str:
    return f"{of.model_config.get('env_prefix', '')}{name.upper()}" if name in of.model_fields else name


class SignOnSettings(BaseSettings):
    """Signing on with VNeID by OpenID Connect; off until an issuer and a client id are set.

    What VNeID's broker calls things is known from public pages only (certainty M to L), so all of it is a setting.
    """

    model_config = SettingsConfigDict(
        env_prefix="CONGTRUONG_VNEID_",
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    issuer: str = ""
    """The provider's address, as its tokens name it; with the client id it switches signing on."""
    client_id: str = ""
    """Our name at the provider."""
    client_secret: SecretStr = SecretStr("")
    """What the provider gave us to prove that it is us."""
    secret_in_body: bool = False
    """client_secret_post instead of _basic."""
    authorization_url: str = ""
    """Where people are sent to sign on; all three addresses, or discovery is used."""
    token_url: str = ""
    """Where a code becomes tokens."""
    keys_url: str = ""
    """Where the keys of its signatures are."""
    user_info_url: str = ""
    """Where claims are asked for that the token lacks; none: it is not asked."""
    scope: str = "openid"
    """What is asked for."""
    acr_values: str = ""
    """How surely the person must be known, in the provider's words."""
    algorithms: tuple[str, ...] = ("RS256", "PS256", "ES256")
    """The signatures that are accepted, asymmetric ones only."""
    claims: dict[str, str] = Field(
        default_factory=lambda: {
            "citizen_id": "SoDinhDanh",
            "full_name": "HoVaTen",
            "born_on": "NgayThangNamSinh",
        }
    )
    """What the provider calls the three things we ask."""
    required_claims: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    """What a token must say besides, for example {"LoaiTaiKhoan": ["2"]}."""
    leeway_seconds: Annotated[int, Field(ge=0, le=300)] = 60
    """How far the provider's clock may be off."""
    oldest_token_seconds: Annotated[int, Field(gt=0)] = 600
    """How old a token may be."""
    timeout_seconds: Annotated[float, Field(gt=0)] = 10.0
    """How long the provider may take to answer."""

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
        env_prefix="CONGTRUONG_",
        extra="ignore",
        populate_by_name=True,
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    environment: Environment = Environment.DEMO
    """`demo`, or `production`: then what is secret must be set, or nothing starts."""
    data_dir: Path = Path("data")
    """Where the demo keeps its generated secrets and its database."""
    database_url: Annotated[
        SecretStr | None, Field(validation_alias=AliasChoices("DATABASE_URL", "CONGTRUONG_DATABASE_URL"))
    ] = None
    """A PostgreSQL 16 or later: postgresql://user:password@host/name."""
    master_key: SecretStr | None = None
    """32 bytes, base64: seals personal data. Back it up, apart from the database."""
    previous_master_keys: tuple[SecretStr, ...] = ()
    """Master keys of before, until everything is sealed anew: they only open."""
    session_key: SecretStr | None = None
    """32 bytes, base64; signs console sessions."""
    host: str = "127.0.0.1"
    """Where the core listens."""
    core_port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """On which port."""
    core_public_url: str = "http://127.0.0.1:8080"
    """The core's address as browsers see it; https makes the console's cookies secure."""
    max_body_bytes: Annotated[int, Field(gt=0)] = 2 * 1024 * 1024
    """The longest request that is read."""
    behind_proxy: bool = False
    """A proxy of ours sets X-Forwarded-For; the last entry is the caller."""
    require_two_step: bool | None = None
    """Whether staff need the second step; unset: in production."""
    sign_on: SignOnSettings = Field(default_factory=lambda: read_settings(SignOnSettings))
    """Signing on with VNeID, a table of its own."""
    bank_feeds: dict[str, SecretStr] = Field(default_factory=dict)
    """Secrets of bank feeds: {"sepay": "…"}, or for one school {"casso:<school id>": "…"}."""
    database_pool_size: Annotated[int, Field(gt=0)] = 10
    """Connections that one process holds at the most."""
    log_level: str = "INFO"
    """DEBUG, INFO, WARNING or ERROR."""

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
        SettingsError: when one cannot be used; in production, when a secret or the database is not set.
    """
    settings = read_settings(CoreSettings, **overrides)
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
