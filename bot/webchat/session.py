"""Where a message came from, as a keyed fingerprint: enough to count wrong codes, not enough to find anybody."""

from __future__ import annotations

from aiohttp import web

from core.vault.keyring import SchoolKeys
from core.web.caller import address_of

_LABEL = "webchat.origin"
_BYTES = 12


def caller_print(keys: SchoolKeys, request: web.Request, *, behind_proxy: bool) -> str:
    """The fingerprint of the caller's address; behind a proxy of ours, of the one that the proxy saw."""
    address = address_of(request, behind_proxy=behind_proxy)
    return keys.blind_index(address, _LABEL)[:_BYTES].hex() if address else ""
