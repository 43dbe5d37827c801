"""After a school day: what lies in the database and in the logs names nobody."""

from __future__ import annotations

from pathlib import Path

import asyncpg
import pytest

from core.db.notify import dsn_of
from core.sample.people import SIBLINGS, pupils
from core.sample.school import DEMO_LINK_CODE
from tests.journeys.conftest import Village
from tests.journeys.parent import cookies_of, parent_at
from tests.journeys.taps import tap
from tests.journeys.test_check_in import CHILD, linked

pytestmark = pytest.mark.xdist_group("journeys")
QUESTION = "cháu nhà tôi bị sốt nhẹ hôm qua, trường mấy giờ vào học"


async def dump(url: str) -> str:
    """Every row of every table, binary columns as hexadecimal and, where they are text, as text."""
    connection = await asyncpg.connect(dsn_of(url))
    names = await connection.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    parts = []
    for row in names:
        for record in await connection.fetch(f"SELECT * FROM {row['name']}"):
            parts.extend(
                v.decode("utf-8", "ignore") if isinstance(v, bytes) else str(v) for v in record.values()
            )
    await connection.close()
    return "\n".join(parts)


async def test_no_name_number_phone_text_or_token_lies_in_the_clear(
    village: Village, database_url: str
) -> None:
    core, bot = await village.core(), await village.bot()
    kiosk = await village.kiosk(core.url)
    async with parent_at(bot.url) as parent:
        await linked(parent)
        await parent.say(QUESTION)
        await tap(kiosk.url, CHILD)
        await parent.sees("Ánh", "Cổng chính")
        tokens = list(cookies_of(parent).values())
    await village.stop()

    people = [pupils()[index] for index in SIBLINGS]
    secrets = [person.citizen_id.value for person in people]
    secrets += [person.new.full_name for person in people]
    secrets += [p.phone.e164 for person in people for p in person.parents if p.phone]
    secrets += [p.phone.e164[3:] for person in people for p in person.parents if p.phone]
    secrets += [*tokens, QUESTION, DEMO_LINK_CODE.shown, village.prepared.password]

    rows = await dump(database_url)
    assert len(rows) > 10_000
    assert [secret for secret in secrets if secret in rows] == []
    logs = written(village.data / "logs")
    assert logs
    assert [secret for secret in secrets if secret in logs] == []


def written(folder: Path) -> str:
    """Everything that the programs logged."""
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.log")))
