"""What the OpenAPI document shows: one real question and answer for every behaviour, and a stream.

The answers in `examples.json` were given by the shipped knowledge; a test asks the same questions again.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_LISTED: list[dict[str, Any]] = json.loads((Path(__file__).parent / "examples.json").read_text("utf-8"))
BODIES = {one["name"]: one["body"] for one in _LISTED}
ANSWERS = {one["name"]: one["answer"] for one in _LISTED}
HEADERS = {
    "RateLimit-Policy": "The quotas of the key (IETF draft “RateLimit header fields for HTTP”).",
    "RateLimit": "What is left in the window that ends first: `r` requests, `t` seconds.",
}


def as_events(answer: dict[str, Any]) -> str:
    """An answer as the stream writes it.

    >>> as_events({"answer": "Dạ.", "citations": []}).splitlines()[0]
    'event: piece'
    """
    events = [("piece", {"text": answer["answer"]})]
    events += [("citation", one) for one in answer["citations"]]
    events += [("done", answer)]
    return "\n".join(
        f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n" for name, data in events
    )


EVENTS = as_events(ANSWERS["answer"])
