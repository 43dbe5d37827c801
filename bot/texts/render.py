"""Makes a message of a key and its params. What English lacks is said in Vietnamese; an unknown key is an error.

An error code without a sentence of its own is told by the sentence of its HTTP family, so nobody reads a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.messages import Button, Rendered, Source
from bot.texts import en, vi
from bot.texts.pieces import Text
from core.errors import CoreError

VI, EN = "vi", "en"
_FAMILY = {
    401: "core.unauthenticated",
    403: "core.forbidden",
    404: "core.not_found",
    409: "core.conflict",
    429: "web.too_many_requests",
    503: "core.unavailable",
}


class UnknownTextError(Exception):
    """No table has a sentence for this key."""


def render(key: str, params: Mapping[str, Any], locale: str = VI) -> Rendered:
    """The message as a person reads it.

    Raises:
        UnknownTextError: when no sentence has this key.
        KeyError: when a param that the sentence needs is missing.

    >>> render("link.wait", {"until": "18:05"}, "en").text[:21]
    'Too many wrong codes.'
    """
    if key == "digest.daily":  # messages inside a message
        params = {**params, "lines": [say(one["key"], one["params"], locale) for one in params["items"]]}
    citations = params.get("citations", ())
    return Rendered(
        text=say(key, params, locale),
        buttons=tuple(
            Button(choice["code"], choice["label"] or _label(choice["code"], locale))
            for choice in params.get("choices", ())
        ),
        sources=tuple(Source(**citation) for citation in citations),
        image_text=str(params.get("qr", "")),
    )


def _label(code: str, locale: str) -> str:
    """What a button says: its code's sentence; what stands behind a colon fills {argument}."""
    kind, _, argument = code.partition(":")
    return say(f"choice.{kind}", {"argument": argument}, locale)


def say(key: str, params: Mapping[str, Any], locale: str = VI) -> str:
    """One sentence.

    Raises:
        UnknownTextError: when no sentence has this key.
    """
    text = find_text(key, locale)
    if text is None:
        raise UnknownTextError(key)
    return text.format(**params) if isinstance(text, str) else text(params)


def find_text(key: str, locale: str = VI) -> Text | None:
    """The sentence of a key, in Vietnamese where English has none; for an error code, its family's."""
    tables = (en.TEXTS, vi.TEXTS) if locale.startswith(EN) else (vi.TEXTS,)
    for table in tables:
        if key in table:
            return table[key]
    if key.startswith("error.") and key.removeprefix("error.") in codes():
        family = _FAMILY.get(codes()[key.removeprefix("error.")], "core.error")
        return tables[0].get(f"error.{family}")
    return None


def codes() -> dict[str, int]:
    """The code and HTTP status of every error of the core that is loaded."""
    found: dict[str, int] = {}
    waiting: list[type[CoreError]] = [CoreError]
    while waiting:
        one = waiting.pop()
        found[one.code] = one.http_status
        waiting.extend(one.__subclasses__())
    return found
