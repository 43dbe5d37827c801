"""Pictures and papers between a guardian and the person who answers: fetched when they are passed on, into memory.

Only while a hand-over is open is it noted where a file could be fetched; at any other time what parents send is not
even referred to (it may be a card). What is fetched is checked by its first bytes, never kept, never looked at.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.messages import Document
from core.app import Core
from core.notifications.ports import RetryLater
from core.values.ids import SchoolId

MOST_BYTES = 10 * 1024 * 1024
NOTED = "our_file"
"""Where a recorded event says how its file is fetched: `channel`, `ref`."""
_TIMEOUT = aiohttp.ClientTimeout(total=20)
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg", "jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", "png"),
    (b"%PDF-", "application/pdf", "pdf"),
)

Fetch = Callable[[str], Awaitable[bytes]]
"""Gets the bytes behind a channel's own reference; at most `MOST_BYTES`."""
Expects = Callable[[str, str], Awaitable[bool]]
"""Whether a person is there to read what comes from this chat of a channel."""


class FileRefusedError(Exception):
    """A file that is not passed on: `reason` is "too_big", "not_readable" or "gone"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Files:
    """Fetches files by the channel that they came over."""

    fetchers: dict[str, Fetch] = field(default_factory=dict)

    async def document(self, given: Mapping[str, Any]) -> Document:
        """The file that a message notes.

        Raises:
            FileRefusedError: when it is too big, neither a picture nor a PDF, or gone.
            RetryLater: when its channel does not answer.
        """
        fetch = self.fetchers.get(str(given["channel"]))
        if fetch is None:
            raise FileRefusedError("gone")
        return document_of(await fetch(str(given["ref"])))


def document_of(data: bytes) -> Document:
    r"""The bytes as a picture or a PDF, by what they begin with; its own name is left behind.

    Raises:
        FileRefusedError: when they are too many, or something else.

    >>> document_of(b"%PDF-1.7 ...").name
    'tep.pdf'
    """
    if len(data) > MOST_BYTES:
        raise FileRefusedError("too_big")
    for beginning, mime, ending in _BEGINNINGS:
        if data.startswith(beginning):
            return Document(f"{'tep' if ending == 'pdf' else 'anh'}.{ending}", mime, data)
    raise FileRefusedError("not_readable")


async def fetch_by_address(http: aiohttp.ClientSession, address: str, own: str = "") -> bytes:
    """What lies at an address that a channel gave: https and a public name only, no redirects, not too much.

    `own` is the channel's configured API, which may be elsewhere (a test's, a proxy).

    Raises:
        FileRefusedError: when it may not be fetched, is gone or too big.
        RetryLater: when nobody answers.
    """
    if not is_public(address) and not (own and address.startswith(f"{own}/")):
        raise FileRefusedError("gone")
    try:
        async with http.get(address, timeout=_TIMEOUT, allow_redirects=False) as answer:
            if answer.status >= 500:
                raise RetryLater(reason="file_unreachable")
            if answer.status != 200:
                raise FileRefusedError("gone")
            return await _read(answer.content)
    except (aiohttp.ClientError, TimeoutError) as error:
        raise RetryLater(reason="file_unreachable") from error


def is_public(address: str) -> bool:
    """Whether an address names a host outside, over https.

    >>> is_public("https://photo.example.vn/a.jpg"), is_public("https://127.0.0.1/"), is_public("http://a.vn/")
    (True, False, False)
    """
    parts = urlsplit(address)
    host = parts.hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return (
            parts.scheme == "https"
            and "." in host
            and not host.endswith((".local", ".internal", ".localhost"))
        )
    return False


def expecting(core: Core, school_id: SchoolId) -> Expects:
    """Whether staff read along: a hand-over of this chat is open, or it is a chat of staff."""

    async def expects(channel: str, chat_id: str) -> bool:
        async with core.database.transaction(school_id) as tx:
            if await core.handovers.chats.find(tx, channel, chat_id) is not None:
                return True
            account = await core.conversations.find_account(tx, channel, chat_id)
            return account is not None and await core.handovers.find_open(tx, account.id) is not None

    return expects


async def _read(content: aiohttp.StreamReader) -> bytes:
    found = bytearray()
    async for piece in content.iter_chunked(65_536):
        found += piece
        if len(found) > MOST_BYTES:
            raise FileRefusedError("too_big")
    return bytes(found)
