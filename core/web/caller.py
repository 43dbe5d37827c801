"""What a request says of its caller: headers as text, and the address. It believes nothing by itself.

A header may hold any bytes; those that are no UTF-8 reach us as lone surrogates, which nothing can hash, compare or
store. Such a header counts as empty, so that it opens nothing and breaks nothing.
"""

from __future__ import annotations

from aiohttp import web


def header(request: web.Request, name: str) -> str:
    """The text of a header; empty when it is missing or its bytes are no text."""
    value = request.headers.get(name, "")
    return value if _is_text(value) else ""


def address_of(request: web.Request, *, behind_proxy: bool) -> str:
    """The caller's address; behind a proxy of ours, the one that the proxy saw; empty when it is not known."""
    seen = header(request, "X-Forwarded-For") if behind_proxy else ""
    return seen.rpartition(",")[2].strip() or request.remote or ""


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True
