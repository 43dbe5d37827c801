"""Sets up the logs of a process: JSON lines on standard error, with personal data masked on the way out.

Masking here is the last net, not the rule: code does not log personal data in the first place. It catches
citizen numbers, phone numbers, mail addresses and tokens by their shape, and names by their key, also inside
the text of exceptions and in the records of other libraries. Local variables are never written.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Mapping
from typing import Any, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "•••"
_SECRET_KEYS = re.compile(
    r"name$|^name|address|phone|citizen|password|secret|token|cookie|authorization|code$|email|birth|text|body|payload|chat_id",
    re.IGNORECASE,
)
_SAFE_KEYS = frozenset({"event", "logger", "level", "timestamp", "request_id", "route", "event_name"})
_HEX_GROUP = r"(?<![0-9a-fA-F]-)(?<![\w.])"
_PATTERNS = (
    # Each begins where a word begins, or is bounded: what somebody sent, however long, is looked through once.
    (re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{8,}"), rf"\1 {MASK}"),
    (re.compile(r"\b\d{6,12}:[\w-]{30,}"), MASK),  # a Telegram bot token
    (re.compile(r"\beyJ[\w-]{1,4096}\.[\w-]{1,8192}\.[\w-]*"), MASK),  # a JSON web token
    (re.compile(r"(?i)(://[^:/\s@]{1,200}:)[^@\s]{1,200}@"), rf"\1{MASK}@"),  # a password in a URL
    (re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.-]+"), MASK),
    (re.compile(_HEX_GROUP + r"\d{3}[ .-]?\d{3}[ .-]?\d{3}[ .-]?\d{3}(?![\w-])"), MASK),  # a citizen number
    (re.compile(_HEX_GROUP + r"(?:\+?84|0)(?:[ .-]?\d){9,10}(?![\w-])"), MASK),  # a phone number
)


def mask_text(text: str) -> str:
    """The text without what looks personal.

    >>> mask_text("card 001315012345 of 0912 345 678, id 01935f3e-7a10-7000-8000-000000000001")
    'card ••• of •••, id 01935f3e-7a10-7000-8000-000000000001'
    """
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def mask_personal(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """The structlog processor that masks an event; it runs last before rendering."""
    return {key: _masked(key, value) for key, value in event.items()}


def configure_logs(level: str = "INFO", stream: TextIO | None = None) -> None:
    """Route structlog and the standard library's logging through one masked JSON line per event."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    last: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        structlog.processors.format_exc_info,
        mask_personal,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=last))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _masked(key: str, value: Any) -> Any:
    if key in _SAFE_KEYS or not _SECRET_KEYS.search(key):
        return _masked_value(value)
    return None if value is None else MASK


def _masked_value(value: Any) -> Any:
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, Mapping):
        return {str(key): _masked(str(key), inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_masked_value(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return mask_text(str(value)) if _personal_number(value) else value
    return mask_text(str(value))


def _personal_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and mask_text(str(value)) != str(value)
