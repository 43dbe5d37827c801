"""The kiosk's log: JSON lines on standard error. Events carry codes and counts, never a person."""

from __future__ import annotations

import logging
import re
import sys

import structlog
from structlog.typing import EventDict, WrappedLogger

# The last net: twelve digits in a row never reach the log, whoever put them there.
_TWELVE_DIGITS = re.compile(r"(?<![\w-])\d{12}(?![\w-])")


def mask(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Hide what looks like a citizen number."""
    return {
        key: _TWELVE_DIGITS.sub("•••", value) if isinstance(value, str) else value
        for key, value in event.items()
    }


def configure_logs(level: str) -> None:
    """Write from `level` on."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            mask,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
