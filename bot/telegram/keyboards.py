"""Choices as an inline keyboard, one a row, so that long Vietnamese labels stay readable on a phone."""

from __future__ import annotations

from aiogram.types import InlineKeyboardButton, InlineKeyboardMarkup

from bot.messages import Button


def keyboard(buttons: tuple[Button, ...]) -> InlineKeyboardMarkup | None:
    """The keyboard under a message, or nothing without choices."""
    if not buttons:
        return None
    return InlineKeyboardMarkup(
        inline_keyboard=[[InlineKeyboardButton(text=one.label, callback_data=one.code)] for one in buttons]
    )
