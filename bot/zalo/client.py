"""A thin client of the OA's OpenAPI. HTTP 200 means nothing there: `error` in the body does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.messages import Button, Document
from core.db.transaction import inside_transaction

TEXT_MAX = 2000
BUTTONS_MAX = 5
_TITLE_MAX = 100
_TOO_MANY = 429


class ZaloError(Exception):
    """Zalo refused: `code` is its own (negative), the message is left behind."""

    def __init__(self, code: int) -> None:
        super().__init__(f"zalo {code}")
        self.code = code


class ZaloUnreachableError(Exception):
    """No answer, half an answer, or an answer that is no JSON: nobody knows whether it was sent."""


@dataclass(frozen=True, slots=True)
class ZaloClient:
    """Calls one official account's API; `business` is where templates are sent."""

    http: aiohttp.ClientSession
    api: str
    business: str = ""
    timeout_seconds: float = 10.0

    async def send(self, access_token: str, user_id: str, message: Mapping[str, Any]) -> str:
        """Send a consultation message; returns Zalo's message id.

        Raises:
            ZaloError: when Zalo says no.
            ZaloUnreachableError: when it did not say anything whole.
        """
        body = {"recipient": {"user_id": user_id}, "message": dict(message)}
        data = await self._post(access_token, f"{self.api}/v3.0/oa/message/cs", json=body)
        return str(data.get("message_id", ""))

    async def upload(self, access_token: str, document: Document) -> str:
        """Upload a picture or file; returns its attachment id or token. Errors as `send`."""
        kind = "image" if document.is_picture else "file"
        form = aiohttp.FormData()
        form.add_field("file", document.data, filename=document.name, content_type=document.mime)
        data = await self._post(access_token, f"{self.api}/v2.0/oa/upload/{kind}", data=form)
        return str(data.get("attachment_id" if kind == "image" else "token", ""))

    async def send_template(self, access_token: str, message: Mapping[str, Any]) -> str:
        """Send a ZBS template message to a phone number; returns its message id. Errors as `send`."""
        data = await self._post(access_token, f"{self.business}/message/template", json=dict(message))
        return str(data.get("msg_id") or data.get("message_id", ""))

    async def _post(self, access_token: str, url: str, **body: Any) -> Mapping[str, Any]:
        assert not inside_transaction(), "no outside call inside a transaction"
        timeout = aiohttp.ClientTimeout(total=self.timeout_seconds)
        headers = {"access_token": access_token}
        try:
            async with self.http.post(url, headers=headers, timeout=timeout, **body) as response:
                if response.status == _TOO_MANY:
                    raise ZaloError(-32)
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise ZaloUnreachableError from error
        if not isinstance(answer, dict) or not isinstance(answer.get("error"), int):
            raise ZaloUnreachableError
        if answer["error"] != 0:
            raise ZaloError(answer["error"])
        data = answer.get("data")
        return data if isinstance(data, dict) else {}


def text_message(text: str) -> dict[str, Any]:
    """A plain text of at most 2000 characters."""
    return {"text": text[:TEXT_MAX]}


def button_message(text: str, buttons: tuple[Button, ...]) -> dict[str, Any]:
    """A text with buttons, which come back as texts that begin with `#` (`oa.query.show`)."""
    listed = [
        {"title": one.label[:_TITLE_MAX], "type": "oa.query.show", "payload": f"#{one.code}"}
        for one in buttons[:BUTTONS_MAX]
    ]
    payload = {"template_type": "button", "text": text[:TEXT_MAX], "buttons": listed}
    return {"text": text[:TEXT_MAX], "attachment": {"type": "template", "payload": payload}}


def picture_message(attachment_id: str) -> dict[str, Any]:
    """A picture that was uploaded before."""
    element = {"media_type": "image", "attachment_id": attachment_id}
    payload = {"template_type": "media", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}


def file_message(token: str) -> dict[str, Any]:
    """A file that was uploaded before."""
    return {"attachment": {"type": "file", "payload": {"token": token}}}


def ask_for_phone(title: str, subtitle: str, image_url: str) -> dict[str, Any]:
    """Ask for name and phone with `request_user_info`; the answer comes as the event `user_submit_info`."""
    element = {"title": title[:_TITLE_MAX], "subtitle": subtitle[:500], "image_url": image_url}
    payload = {"template_type": "request_user_info", "elements": [element]}
    return {"attachment": {"type": "template", "payload": payload}}
