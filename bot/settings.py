"""Settings of the bot, from the environment (`CONGTRUONG_BOT_…`). A channel without its token does not start."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class BotSettings(BaseSettings):
    """What the bot needs beside the settings of the core."""

    model_config = SettingsConfigDict(
        env_prefix="CONGTRUONG_BOT_",
        extra="ignore",
        hide_input_in_errors=True,
        use_attribute_docstrings=True,
    )

    host: str = "127.0.0.1"
    """Where the bot listens."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8081
    """On which port."""
    public_url: str = ""
    """The bot's address as people's browsers see it; without it no link leads to a page of ours."""
    school_id: UUID | None = None
    """Needed when the database holds several schools."""
    province: str | None = None
    """The province whose rules are answered by, where somebody names none."""
    embed_in: tuple[str, ...] = ()
    """Sites that may show the chat in a frame."""
    new_chats_per_hour: Annotated[int, Field(ge=6)] = 1200
    """New web chats from one address; a sixth at once."""
    api_key_required: bool | None = None
    """Whether the answers API asks for a key; unset: in production only."""
    stream_beat_seconds: Annotated[float, Field(gt=0)] = 15.0
    """A comment keeps a quiet stream open; less than your proxy's patience."""
    staff_channel: str = ""
    """The channel of a staff chat that is there from the start, beside those of the console."""
    staff_chat: SecretStr = SecretStr("")
    """Its address on that channel."""
    telegram_token: SecretStr | None = None
    """The bot's token; without it Telegram is off."""
    telegram_secret: SecretStr | None = None
    """What Telegram sends with each webhook, to prove that it is Telegram."""
    telegram_api: str = "https://api.telegram.org"
    """The address of Telegram, or of a server of one's own that speaks for it."""
    telegram_mode: Annotated[str, Field(pattern="^(webhook|polling)$")] = "polling"
    """`polling`, or `webhook`, which needs a public address."""
    zalo_app_id: str = ""
    """The app's id; without it the Official Account is off."""
    zalo_app_secret: SecretStr | None = None
    """The app's secret; renews the tokens."""
    zalo_oa_secret: SecretStr | None = None
    """The account's secret key; proves that a webhook is Zalo's."""
    zalo_access_token: SecretStr | None = None
    """A first access token, with a first refresh token in place of signing in."""
    zalo_refresh_token: SecretStr | None = None
    """A first refresh token; it works once, the next ones are stored sealed."""
    zalo_api: str = "https://openapi.zalo.me"
    """The address of Zalo's API."""
    zalo_oauth: str = "https://oauth.zaloapp.com"
    """The address where tokens are renewed."""
    zalo_per_second: Annotated[float, Field(gt=0)] = 20.0
    """Messages in a second, for the account."""
    zalo_oa_id: str = ""
    """The account's id: no other account can then be signed in."""
    zalo_business_api: str = "https://business.openapi.zalo.me"
    """The address of templates by phone number (ZBS)."""
    zalo_free_hours: Annotated[float, Field(ge=0)] = 48.0
    """How long after somebody wrote messages cost nothing."""
    zalo_window_hours: Annotated[float, Field(ge=0)] = 168.0
    """How long after somebody wrote the account may write at all."""
    zalo_pays: bool = False
    """Write at a price between the free hours and the window's end."""
    zalo_share_image: str = ""
    """The picture beside “share my phone number”."""
    zalo_phone_proves: bool = False
    """Whether a number shared over Zalo is evidence; *likely* people can edit it."""
    zalo_templates: dict[str, dict[str, Any]] = {}
    """Which template tells what: {"fees.issued": {"id": "123", "fields": {"so_tien": "amount"}}}."""
    zalo_templates_in_development: bool = False
    """Templates go to the account's administrators only."""
    sms_url: str = ""
    """Where the SMS provider takes a POST with JSON; without it SMS is off."""
    sms_token: SecretStr | None = None
    """Sent to it as bearer."""
    sms_for: tuple[str, ...] = ("broadcast.", "checkin.", "fees.")
    """The beginnings of the keys that are worth an SMS."""
    sms_brand: str = ""
    """The brand name that the text is sent under."""
    sms_signature: str = ""
    """Whose message it is; stands before the text."""
    sms_fields: dict[str, str] = {}
    """What the provider calls the fields: {"phone": "to", "text": "content", …}."""
    sms_ok_field: str = ""
    """The field of the provider's answer that says whether it took the text."""
    sms_ok_values: tuple[str, ...] = ()
    """What a yes looks like there."""
    sms_id_field: str = "id"
    """The field of the answer that holds the text's id."""
    sms_per_second: Annotated[float, Field(gt=0)] = 5.0
    """Texts in a second."""
    zalo_bot_token: SecretStr | None = None
    """The Zalo Bot's token; without it that channel is off."""
    zalo_bot_secret: SecretStr | None = None
    """What Zalo sends with each of its webhooks, 8 to 256 characters."""
    zalo_bot_api: str = "https://bot-api.zaloplatforms.com"
    """The address of Zalo Bot."""
    zalo_bot_mode: Annotated[str, Field(pattern="^(webhook|polling)$")] = "polling"
    """`polling`, or `webhook`, which needs a public address."""
    zalo_bot_per_second: Annotated[float, Field(gt=0)] = 10.0
    """Messages in a second."""
