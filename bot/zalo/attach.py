"""Puts the Zalo channels together from settings: the account's own, and templates by phone number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

import aiohttp
from aiohttp import web

from bot.attached import Attached
from bot.files import expecting, fetch_by_address
from bot.intake import Intake
from bot.settings import BotSettings
from bot.voice import Voice
from bot.zalo.client import ZaloClient
from bot.zalo.receive import CHANNEL, receive
from bot.zalo.send import ZaloChannel
from bot.zalo.sign_in import PATH as SIGNED_IN
from bot.zalo.sign_in import ZaloSignIn
from bot.zalo.signature import ZaloSecret
from bot.zalo.templates import CHANNEL as TEMPLATES
from bot.zalo.templates import Template, ZaloTemplateChannel
from bot.zalo.tokens import ZaloTokens
from bot.zalo.webhook import PATH, ZaloIntake
from bot.zalo.window import WindowRules
from core.app import Core
from core.conversations.domain import ChannelToken
from core.conversations.tokens.service import ChannelTokens
from core.notifications.pace import Pace
from core.settings import SettingsError
from core.values.ids import SchoolId


@asynccontextmanager
async def attached(
    core: Core, settings: BotSettings, school_id: SchoolId, voice: Voice
) -> AsyncIterator[tuple[Attached, ...]]:
    """The channels while the block runs.

    Raises:
        SettingsError: when one of the account's secrets is missing, or a template is not written as it must be.
    """
    if settings.zalo_oa_secret is None:
        raise SettingsError("The Zalo account needs CONGTRUONG_BOT_ZALO_OA_SECRET.")
    templates = templates_of(settings)
    async with aiohttp.ClientSession() as http:
        tokens = tokens_of(core, settings, school_id, http)
        client = ZaloClient(http, settings.zalo_api, settings.zalo_business_api)
        intake = ZaloIntake(
            Intake(core.database, school_id, core.inbox, expecting(core, school_id)),
            ZaloSecret(settings.zalo_app_id, settings.zalo_oa_secret.get_secret_value()),
        )
        rules = WindowRules(
            timedelta(hours=settings.zalo_free_hours),
            timedelta(hours=settings.zalo_window_hours),
            settings.zalo_pays,
        )
        pace = Pace(settings.zalo_per_second, burst=max(1, int(settings.zalo_per_second)))
        account = Attached(
            name=CHANNEL,
            receive=partial(receive, phone_proves=settings.zalo_phone_proves),
            channel=ZaloChannel(client, tokens, voice, core.clock, rules, settings.zalo_share_image),
            routes=(
                web.post(PATH, intake.webhook),
                web.get(SIGNED_IN, sign_in_of(core, settings, tokens).signed_in),
            ),
            pace=pace,
            fetch=partial(fetch_by_address, http, own=settings.zalo_api),
            look=tokens.access,
        )
        by_phone = ZaloTemplateChannel(client, tokens, templates, settings.zalo_templates_in_development)
        silent = Attached(TEMPLATES, lambda _event: None, by_phone, pace=pace, takes=templates.__contains__)
        yield account, silent


def tokens_of(
    core: Core, settings: BotSettings, school_id: SchoolId, http: aiohttp.ClientSession
) -> ZaloTokens:
    """The account's tokens.

    Raises:
        SettingsError: without the app's secret.
    """
    if settings.zalo_app_secret is None:
        raise SettingsError("The Zalo account needs CONGTRUONG_BOT_ZALO_APP_SECRET.")
    access, refresh = settings.zalo_access_token, settings.zalo_refresh_token
    first = (
        # How old the configured token is, nobody knows, so the first message refreshes it.
        ChannelToken(
            access.get_secret_value() if access else "", refresh.get_secret_value(), core.clock.now()
        )
        if refresh
        else None
    )
    return ZaloTokens(
        database=core.database,
        school_id=school_id,
        stored=ChannelTokens(core.keyring, core.clock),
        clock=core.clock,
        http=http,
        oauth=settings.zalo_oauth,
        app_id=settings.zalo_app_id,
        app_secret=settings.zalo_app_secret.get_secret_value(),
        first=first,
    )


def sign_in_of(core: Core, settings: BotSettings, tokens: ZaloTokens) -> ZaloSignIn:
    """The account's first sign-in; Zalo must know the address under the public URL."""
    back = settings.public_url.rstrip("/") + SIGNED_IN
    return ZaloSignIn(tokens, core.keyring, core.clock, back, settings.zalo_oa_id)


def templates_of(settings: BotSettings) -> dict[str, Template]:
    """The approved templates by key.

    Raises:
        SettingsError: when one is not written as it must be.
    """
    try:
        return {key: Template.read(given) for key, given in settings.zalo_templates.items()}
    except ValueError as error:
        raise SettingsError(f"CONGTRUONG_BOT_ZALO_TEMPLATES: {error}.") from error
