"""A thin client of the OA's OpenAPI v3. HTTP 200 means nothing there: `error` in the body does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.messages import Button
from core.db.transaction import inside_transaction

TEXT_MAX = 2000
BUTTONS_MAX = 5
_TITLE_MAX = 100


class ZaloError(Exception):
    """Zalo refused: `code` is its own (negative), the message is left behind."""

    def __init__(self, code: int) -> None:
        super().__init__(f"zalo {code}")
        self.code = code


class ZaloUnreachableError(Exception):
    """No answer, half an answer, or an answer that is no JSON: nobody knows whether it was sent."""


@dataclass(frozen=True, slots=True)
class ZaloClient:
    """Calls one official account's API."""

    http: aiohttp.ClientSession
    api: str
    timeout_seconds: float = 10.0

    async def send(self, access_token: str, user_id: str, message: Mapping[str, Any]) -> str:
        """Send a consultation message; returns Zalo's message id.

        Raises:
            ZaloError: when Zalo says no.
            ZaloUnreachableError: when it did not say anything whole.
        """
        assert not inside_transaction(), "no outside call inside a transaction"
        body = {"recipient": {"user_id": user_id}, "message": dict(message)}
        timeout = aiohttp.ClientTimeout(total=self.timeout_seconds)
        try:
            async with self.http.post(
                f"{self.api}/v3.0/oa/message/cs",
                json=body,
                headers={"access_token": access_token},
                timeout=timeout,
            ) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ZaloUnreachableError from error
        if not isinstance(answer, dict) or not isinstance(answer.get("error"), int):
            raise ZaloUnreachableError
        if answer["error"] != 0:
            raise ZaloError(answer["error"])
        data = answer.get("data")
        return str(data.get("message_id", "")) if isinstance(data, dict) else ""


def text_message(text: str) -> dict[str, Any]:
    """A plain text, cut at Zalo's 2000 characters."""
    return {"text": text[:TEXT_MAX]}


def button_message(text: str, buttons: tuple[Button, ...]) -> dict[str, Any]:
    """A text with buttons, which come back as texts that begin with `#` (`oa.query.show`)."""
    listed = [
        {"title": one.label[:_TITLE_MAX], "type": "oa.query.show", "payload": f"#{one.code}"}
        for one in buttons[:BUTTONS_MAX]
    ]
    payload = {"template_type": "button", "text": text[:TEXT_MAX], "buttons": listed}
    return {"text": text[:TEXT_MAX], "attachment": {"type": "template", "payload": payload}}


def ask_for_phone(title: str, subtitle: str, image_url: str) -> dict[str, Any]:
    """Ask for name and phone with `request_user_info`; the answer comes as the event `user_submit_info`."""
    element = {"title": title, "subtitle": subtitle, "image_url": image_url}
    payload = {"template_type": "request_user_info", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}
