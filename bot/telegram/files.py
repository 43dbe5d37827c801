"""Fetches what somebody sent over Telegram, by the id of the file."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from aiogram import Bot
from aiogram.exceptions import TelegramAPIError, TelegramBadRequest, TelegramNotFound
from aiohttp import ClientError, ClientResponseError

from bot.files import MOST_BYTES, FileRefusedError
from core.notifications.ports import RetryLater


@dataclass(frozen=True, slots=True)
class TelegramFiles:
    """The files of one bot (facts: messaging, C: twenty megabytes at most)."""

    bot: Bot

    async def fetch(self, file_id: str) -> bytes:
        """The bytes of a file.

        Raises:
            FileRefusedError: when it is gone or too big.
            RetryLater: when Telegram does not answer.
        """
        try:
            known = await self.bot.get_file(file_id)
            if (known.file_size or 0) > MOST_BYTES:
                raise FileRefusedError("too_big")
            found = await self.bot.download(known, BytesIO())
        except (TelegramBadRequest, TelegramNotFound, ClientResponseError) as error:
            raise FileRefusedError("gone") from error
        except (TelegramAPIError, ClientError, TimeoutError) as error:
            raise RetryLater(reason="telegram_unreachable") from error
        return found.read() if found is not None else b""
