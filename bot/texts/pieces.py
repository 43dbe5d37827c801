"""How a table of texts is written: a sentence with {names}, or a small function for what has a list in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.values.money import Vnd, format_vnd

Params = Mapping[str, Any]
Text = str | Callable[[Params], str]
DAYS_VI = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ Nhật")
DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def money(amount: Any) -> str:
    """An amount in đồng as people write it."""
    return format_vnd(Vnd(int(amount)))


def each(items: Any, line: Callable[[Params], str]) -> str:
    """One line per item of a list."""
    return "\n".join(line(item) for item in items)
