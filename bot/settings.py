"""Settings of the bot, from the environment (`CONGTRUONG_BOT_…`). A channel without its token does not start."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class BotSettings(BaseSettings):
    """What the bot needs beside the settings of the core."""

    model_config = SettingsConfigDict(env_prefix="CONGTRUONG_BOT_", extra="ignore", hide_input_in_errors=True)

    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8081
    public_url: str = ""
    school_id: Annotated[
        UUID | None, Field(description="Needed when the database holds several schools.")
    ] = None
    province: str | None = None
    embed_in: Annotated[tuple[str, ...], Field(description="Sites that may show the chat in a frame.")] = ()
    new_chats_per_hour: Annotated[
        int,
        Field(ge=6, description="New web chats from one address; a sixth at once."),
    ] = 1200
    api_key_required: Annotated[
        bool | None, Field(description="Whether the answers API asks for a key; unset: in production only.")
    ] = None
    stream_beat_seconds: Annotated[
        float,
        Field(gt=0, description="A comment keeps a quiet stream open; less than your proxy's patience."),
    ] = 15.0
    staff_channel: str = ""
    staff_chat: SecretStr = SecretStr("")
    telegram_token: SecretStr | None = None
    telegram_secret: SecretStr | None = None
    telegram_api: str = "https://api.telegram.org"
    telegram_mode: Annotated[str, Field(pattern="^(webhook|polling)$")] = "polling"
    zalo_app_id: str = ""
    zalo_app_secret: SecretStr | None = None
    zalo_oa_secret: SecretStr | None = None
    zalo_access_token: SecretStr | None = None
    zalo_refresh_token: SecretStr | None = None
    zalo_api: str = "https://openapi.zalo.me"
    zalo_oauth: str = "https://oauth.zaloapp.com"
    zalo_per_second: Annotated[float, Field(gt=0)] = 20.0
    zalo_oa_id: str = ""
    zalo_business_api: str = "https://business.openapi.zalo.me"
    zalo_free_hours: Annotated[float, Field(ge=0)] = 48.0
    zalo_window_hours: Annotated[float, Field(ge=0)] = 168.0
    zalo_pays: Annotated[
        bool, Field(description="Write at a price between the free hours and the window's end.")
    ] = False
    zalo_share_image: Annotated[str, Field(description="The picture beside “share my phone number”.")] = ""
    zalo_phone_proves: Annotated[
        bool,
        Field(description="Whether a number shared over Zalo is evidence; *likely* people can edit it."),
    ] = False
    zalo_templates: Annotated[
        dict[str, dict[str, Any]],
        Field(description='{"fees.issued": {"id": "123", "fields": {"so_tien": "amount"}}}'),
    ] = {}
    zalo_templates_in_development: bool = False
    sms_url: Annotated[str, Field(description="Where the SMS provider takes a POST with JSON.")] = ""
    sms_token: SecretStr | None = None
    sms_for: Annotated[
        tuple[str, ...], Field(description="The beginnings of the keys that are worth an SMS.")
    ] = ("broadcast.", "checkin.", "fees.")
    sms_brand: str = ""
    sms_signature: Annotated[str, Field(description="Whose message it is; stands before the text.")] = ""
    sms_fields: Annotated[dict[str, str], Field(description='{"phone": "to", "text": "content", …}')] = {}
    sms_ok_field: str = ""
    sms_ok_values: tuple[str, ...] = ()
    sms_id_field: str = "id"
    sms_per_second: Annotated[float, Field(gt=0)] = 5.0
    zalo_bot_token: SecretStr | None = None
    zalo_bot_secret: SecretStr | None = None
    zalo_bot_api: str = "https://bot-api.zaloplatforms.com"
    zalo_bot_mode: Annotated[str, Field(pattern="^(webhook|polling)$")] = "polling"
    zalo_bot_per_second: Annotated[float, Field(gt=0)] = 10.0
