"""API keys from a terminal: issue (the secret is printed once), list, revoke. `__main__` prints what these return."""

from __future__ import annotations

import argparse
import asyncio
from typing import Any
from uuid import UUID

from core.answers.keys.domain import (
    ApiKey,
    ApiKeyId,
    ApiKeyNotFoundError,
    NewApiKey,
)
from core.answers.keys.quota import Quota
from core.commands import opened, the_school
from core.settings import CoreSettings

_ACTOR = "operator"


async def issue_key(settings: CoreSettings, school: str | None, new: NewApiKey) -> dict[str, Any]:
    """Make a key. The secret is in the result and nowhere else."""
    async with opened(settings) as core, core.database.transaction(await the_school(core, school)) as tx:
        issued = await core.answers.api_keys.issue(tx, new, _ACTOR)
    return _shown(issued.key) | {"secret": issued.secret}


async def list_keys(settings: CoreSettings, school: str | None) -> dict[str, Any]:
    """Every key of the school with its use."""
    async with opened(settings) as core, core.database.transaction(await the_school(core, school)) as tx:
        return {"keys": [_shown(one) for one in await core.answers.api_keys.list_keys(tx)]}


async def revoke_key(settings: CoreSettings, school: str | None, key_id: str) -> dict[str, Any]:
    """Take a key back.

    Raises:
        ApiKeyNotFoundError: when the school has no such key.
    """
    try:
        wanted = ApiKeyId(UUID(key_id))
    except ValueError:
        raise ApiKeyNotFoundError from None
    async with opened(settings) as core, core.database.transaction(await the_school(core, school)) as tx:
        await core.answers.api_keys.revoke(tx, wanted, _ACTOR)
    return {"revoked": str(wanted)}


def _shown(key: ApiKey) -> dict[str, Any]:
    return {
        "id": str(key.id),
        "name": key.name,
        "begins": key.hint,
        "scopes": sorted(key.scopes),
        "per_minute": key.quota.per_minute,
        "per_day": key.quota.per_day,
        "used_today": key.used_today,
        "refused_today": key.refused_today,
        "used_30_days": key.used_month,
        "created_at": key.created_at.isoformat(),
        "last_used_at": key.last_used_at.isoformat() if key.last_used_at else None,
        "revoked_at": key.revoked_at.isoformat() if key.revoked_at else None,
    }


def add_api_key(verbs: Any) -> tuple[argparse.ArgumentParser, ...]:
    """`api-key issue|list|revoke`."""
    about = "keys for programs that ask the answers API"
    actions = verbs.add_parser("api-key", help=about, description=about).add_subparsers(required=True)
    issue = actions.add_parser("issue", help="make a key; its secret is printed once")
    issue.add_argument("name", help="who will use it")
    issue.add_argument("--per-minute", type=int, default=60)
    issue.add_argument("--per-day", type=int, default=5_000)
    issue.set_defaults(verb=_issue_key)
    listed = actions.add_parser("list", help="every key with its use")
    listed.set_defaults(verb=lambda settings, chosen: asyncio.run(list_keys(settings, chosen.school)))
    revoke = actions.add_parser("revoke", help="take a key back")
    revoke.add_argument("id")
    revoke.set_defaults(
        verb=lambda settings, chosen: asyncio.run(revoke_key(settings, chosen.school, chosen.id))
    )
    return issue, listed, revoke


def _issue_key(settings: CoreSettings, chosen: argparse.Namespace) -> dict[str, Any]:
    new = NewApiKey(chosen.name, Quota(chosen.per_minute, chosen.per_day))
    return asyncio.run(issue_key(settings, chosen.school, new))
