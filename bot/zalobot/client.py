"""A thin client of the Zalo Bot API; none of the published libraries is worth depending on (facts: messaging, B)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from core.db.transaction import inside_transaction

POLL_TIMEOUT = 408
"""The error code with which a long poll ends when nothing came."""


class ZaloBotError(Exception):
    """Zalo refused: `code` follows HTTP; the description is left behind. `retry_after` in seconds, when it was said."""

    def __init__(self, code: int, retry_after: float | None = None) -> None:
        super().__init__(f"zalo bot {code}")
        self.code = code
        self.retry_after = retry_after


class ZaloBotUnreachableError(Exception):
    """No answer, half an answer, or an answer that is no JSON."""


@dataclass(frozen=True, slots=True)
class ZaloBotClient:
    """Calls the API of one bot."""

    http: aiohttp.ClientSession
    api: str
    token: str = field(repr=False)
    timeout_seconds: float = 10.0

    async def call(self, method: str, given: Mapping[str, Any], *, patience: float = 0) -> Any:
        """The result of a method; `patience` is added to the time-out, for long polls.

        Raises:
            ZaloBotError: when Zalo says no.
            ZaloBotUnreachableError: when it said nothing whole.
        """
        assert not inside_transaction(), "no outside call inside a transaction"
        timeout = aiohttp.ClientTimeout(total=self.timeout_seconds + patience)
        url = f"{self.api}/bot{self.token}/{method}"
        try:
            async with self.http.post(url, json=dict(given), timeout=timeout) as response:
                status, answer = response.status, await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError):
            # The URL holds the token, and the foreign error may hold the URL: it does not travel on.
            raise ZaloBotUnreachableError from None
        if not isinstance(answer, dict) or (status >= 500 and "error_code" not in answer):
            raise ZaloBotUnreachableError
        if answer.get("ok") is True:
            return answer.get("result")
        parameters = answer.get("parameters")
        after = parameters.get("retry_after") if isinstance(parameters, dict) else None
        code = answer.get("error_code", status)
        raise ZaloBotError(
            code if isinstance(code, int) else status, after if isinstance(after, (int, float)) else None
        )
