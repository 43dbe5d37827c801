"""What people write, made safe to pass on: no longer than a question needs, and nothing that is not text."""

from __future__ import annotations

import re

from core.conversations.domain import TEXT_MAX

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def cleaned(text: object) -> str:
    r"""The text without control characters, cut at the longest message; nothing for what is no text.

    Emoji, right-to-left marks and every script stay as they are.

    >>> cleaned("a\x00b\nc"), cleaned(None)
    ('ab\nc', '')
    """
    return _CONTROLS.sub("", text[:TEXT_MAX]) if isinstance(text, str) else ""
