"""After a school day: what lies in the database, its backup, the logs, the metrics and the kiosk's spool names nobody."""

from __future__ import annotations

import asyncio
import io
import re
import subprocess
import uuid
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from core.contracts.citizen_card import CitizenCard
from core.contracts.citizen_id import CitizenId
from core.db.embedded import programs
from core.db.notify import dsn_of
from core.sample.people import SIBLINGS, pupils
from core.sample.school import DEMO_LINK_CODE
from tests.journeys.conftest import Village
from tests.journeys.parent import Parent, cookies_of, parent_at
from tests.journeys.taps import tap
from tests.journeys.test_check_in import CHILD, linked
from tests.support.fake_camera import card_picture, jpeg_of

pytestmark = pytest.mark.slow
NUMBER = CitizenId("099184000777")
CARD_NAME = pupils()[SIBLINGS[0]].parents[1].full_name.upper()
QUESTION = "cháu nhà tôi bị sốt nhẹ hôm qua, trường mấy giờ vào học"


async def dump(url: str) -> str:
    """Every row of every table, binary columns as hexadecimal and, where they are text, as text."""
    connection = await asyncpg.connect(dsn_of(url))
    names = await connection.fetch(
        "SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'"
    )
    parts: list[str] = []
    for row in names:
        for record in await connection.fetch(f"SELECT * FROM {row['name']}"):
            parts.extend(
                v.decode("utf-8", "ignore") if isinstance(v, bytes) else str(v) for v in record.values()
            )
    await connection.close()
    return "\n".join(parts)


async def test_no_name_number_phone_text_or_token_lies_in_the_clear(
    village: Village, village_url: str
) -> None:
    core, bot = await village.core(), await village.bot()
    kiosk = await village.kiosk(core.url)
    async with parent_at(bot.url) as parent:
        await linked(parent)
        await parent.say(QUESTION)
        await tap(kiosk.url, CHILD)
        await parent.sees("Ánh", "Cổng chính")
        tokens = [*cookies_of(parent).values(), *await verified(parent)]
        metrics = "".join([await text_of(parent, f"{one.url}/metrics") for one in (core, bot)])
    await village.stop()

    people = [pupils()[index] for index in SIBLINGS]
    secrets = [person.citizen_id.value for person in people]
    secrets += [person.new.full_name for person in people]
    secrets += [p.phone.e164 for person in people for p in person.parents if p.phone]
    secrets += [p.phone.e164[3:] for person in people for p in person.parents if p.phone]
    secrets += [NUMBER.value, NUMBER.value[3:], "1984-05-06", "06051984", CARD_NAME, CARD_NAME.title()]
    secrets += [*tokens, QUESTION, DEMO_LINK_CODE.shown, village.prepared.password]

    rows = await dump(village_url)
    assert len(rows) > 10_000
    assert [secret for secret in secrets if secret in rows] == []
    saved = await asyncio.to_thread(backup, village_url)
    assert "COPY public.guardians" in saved
    hidden = [secret.encode().hex() for secret in secrets]  # binary columns are written in hexadecimal
    assert [secret for secret in (*secrets, *hidden) if secret in saved] == []
    logs = written(village.data / "logs")
    sizes = {path.stem: path.stat().st_size for path in (village.data / "logs").glob("*.log")}
    assert set(sizes) >= {"core", "bot", "kiosk"}
    assert min(sizes["core"], sizes["bot"]) > 0  # a kiosk that has no trouble logs nothing
    assert [secret for secret in secrets if secret in logs] == []
    assert "http_requests" in metrics
    assert [secret for secret in secrets if secret in metrics] == []
    spool = kept_by_kiosk(village.data)
    assert spool
    assert [secret for secret in secrets if secret.encode() in spool] == []


def backup(url: str) -> str:
    """What `pg_dump` writes: the backup that an operator keeps."""
    command = [str(programs() / "pg_dump"), "--no-owner", dsn_of(url)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


async def verified(parent: Parent) -> list[str]:
    """The parent scans the own card on our page, and takes a code for the kiosk; the tokens that this used."""
    ticket = (await pressed(parent, "verify.page", "/verify#")).rpartition("#")[2].split()[0]
    card = CitizenCard(NUMBER, CARD_NAME, date(1984, 5, 6), "female", "Xã Mẫu", date(2022, 5, 1)).to_qr()
    frame = io.BytesIO(jpeg_of(card_picture(card)))
    headers = {"X-Verify-Ticket": ticket, "Content-Type": "image/jpeg"}
    async with parent.http.post(f"{parent.bot}/verify/frame", data=frame, headers=headers) as answer:
        assert (await answer.json())["text"] == card
    async with parent.http.post(
        f"{parent.bot}/verify/submit", json={"ticket": ticket, "card": card}
    ) as answer:
        assert answer.status == 202
    await parent.sees("đã xác minh anh/chị")
    code = re.search(r"\d{3} \d{3}", await pressed(parent, "verify.kiosk", "Mã của anh/chị"))
    assert code
    return [ticket, code.group()]


async def pressed(parent: Parent, choice: str, word: str) -> str:
    """Press a button; what comes back."""
    body = {"id": str(uuid.uuid4()), "choice": choice}
    async with parent.http.post(f"{parent.bot}/chat/messages", json=body) as answer:
        assert answer.status == 202
    return str((await parent.sees(word))["text"])


async def text_of(parent: Parent, url: str) -> str:
    async with parent.http.get(url) as answer:
        return await answer.text()


def kept_by_kiosk(data: Path) -> bytes:
    """Every byte that the kiosk keeps on its disk: spool, identity, state."""
    kept = [path for path in sorted((data / "kiosk").rglob("*")) if path.is_file()]
    return b"".join(path.read_bytes() for path in kept)


def written(folder: Path) -> str:
    """Everything that the programs logged."""
    return "\n".join(path.read_text("utf-8") for path in sorted(folder.glob("*.log")))
