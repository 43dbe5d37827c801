"""What the inbox asks of whoever handles its events."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from core.inbox.domain import InboxEvent

Handler = Callable[[InboxEvent], Awaitable[None]]
"""Called with no transaction open. It opens its own, does the work, calls `inbox.complete(tx, event)` there.

When it returns without having completed, the worker completes. When it raises, the event is tried again with
back-off and keeps its place in its chat; a `CoreError` that is not retryable parks it at once.
"""
