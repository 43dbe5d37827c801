"""Choices as an inline keyboard, one a row, so that long Vietnamese labels stay readable on a phone."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup, KeyboardButton, ReplyKeyboardMarkup

from bot.messages import Button
from bot.texts.render import say


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """The keyboard under a message, or nothing without choices."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=one.label, callback_data=one.code)] for one in buttons]
    )


def phone_keyboard(locale: str) -> ReplyKeyboardMarkup:
    """The one button that shares the person's own number; the app asks them first."""
    share = KeyboardButton(text=say("hint.share_phone", {}, locale), request_contact=True)
    return ReplyKeyboardMarkup(keyboard=[[share]], resize_keyboard=True, one_time_keyboard=True)
