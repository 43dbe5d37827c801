"""The room of API keys: issue one for another program (its secret is shown once), see its use, take it back."""

from __future__ import annotations

from aiohttp import web

from core.answers.keys.domain import (
    ApiKeyId,
    ApiKeyNotFoundError,
    BadApiKeyError,
    IssuedKey,
    NewApiKey,
)
from core.answers.keys.quota import Quota
from core.console import answer_texts
from core.console.desk import Visit

HOME = "/console/api-keys"


async def show(visit: Visit) -> web.StreamResponse:
    """GET: every key."""
    return await _page(visit)


async def issue(visit: Visit) -> web.StreamResponse:
    """POST: make a key; its secret is on this answer and nowhere else."""
    try:
        quota = Quota(_number(visit.text("per_minute")), _number(visit.text("per_day")))
        new = NewApiKey(visit.text("name"), quota)
        async with visit.desk.database.transaction(visit.staff.school_id) as tx:
            issued = await visit.desk.answers.api_keys.issue(tx, new, visit.staff.actor)
    except BadApiKeyError as error:
        return await _page(visit, fault=answer_texts.FAULTS[str(error.params["field"])])
    return await _page(visit, issued=issued)


async def revoke(visit: Visit) -> web.StreamResponse:
    """POST: take a key back."""
    key_id = visit.id("key_id")
    if key_id is None:
        raise ApiKeyNotFoundError
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        await visit.desk.answers.api_keys.revoke(tx, ApiKeyId(key_id), visit.staff.actor)
    raise web.HTTPSeeOther(HOME)


async def _page(visit: Visit, issued: IssuedKey | None = None, fault: str = "") -> web.StreamResponse:
    async with visit.desk.database.transaction(visit.staff.school_id) as tx:
        keys = await visit.desk.answers.api_keys.list_keys(tx)
    typed = {name: visit.text(name) for name in ("name", "per_minute", "per_day")} if fault else {}
    return visit.page(
        "api_keys.html", 422 if fault else 200, keys=keys, issued=issued, fault=fault, typed=typed
    )


def _number(text: str) -> int:
    """A count; 0 for what is none, which the key then refuses by name."""
    digits = text.strip().replace(".", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else 0
