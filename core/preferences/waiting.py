"""What becomes of that which waits for a digest when its person chooses anew.

"At once" and another hour move it there: nothing is lost, and nobody is told at an hour that they gave up. "Not at all"
drops it, as it drops what comes after. What was asked for a later day than the next digest keeps its day.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import orjson

from core.db.transaction import Tx
from core.preferences import repository
from core.preferences.domain import Mode, Preference, kind_of
from core.vault.keyring import SchoolKeys

CONTENT = "digest.item"
_A_DAY = timedelta(days=1)


async def follow(
    tx: Tx, keys: SchoolKeys, lanes: Collection[bytes], wanted: Preference, now: datetime
) -> int:
    """Let what waits for these chats follow the new choice; says of how many messages.

    One that cannot be read stays where it is: nobody knows what kind it is of.
    """
    rows = await repository.lock_due(tx, lanes, now + _A_DAY)
    ids = [id_ for id_, content in rows if _is_of(keys, content, wanted)]
    if not ids:
        return 0
    if wanted.mode is Mode.OFF:
        await repository.drop(tx, ids)
    else:
        await repository.move(tx, ids, now if wanted.mode is Mode.NOW else wanted.due_at(now))
    return len(ids)


def _is_of(keys: SchoolKeys, content: bytes, wanted: Preference) -> bool:
    text = keys.read(content, CONTENT)
    return text is not None and kind_of(orjson.loads(text)["key"]) is wanted.kind
