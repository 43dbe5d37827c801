"""Reads what a process would have logged."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import structlog

from core.logs import configure_logs


@dataclass(frozen=True)
class LogLines:
    """The log of the block, as text and as events."""

    stream: io.StringIO = field(default_factory=io.StringIO)

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.splitlines()]


@contextmanager
def capturing_logs(level: str = "DEBUG") -> Iterator[LogLines]:
    """Log as a real process does while the block runs."""
    root = logging.getLogger()
    handlers, kept_level, kept = root.handlers[:], root.level, structlog.get_config()
    lines = LogLines()
    configure_logs(level, lines.stream)
    try:
        yield lines
    finally:
        structlog.configure(**kept)
        root.handlers[:] = handlers
        root.setLevel(kept_level)
