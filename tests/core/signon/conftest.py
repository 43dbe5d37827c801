"""A core that signs on at npm oidc-provider, and a browser without a screen."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import aiohttp
import pytest
from pydantic import SecretStr

from core.app import Core, build_core
from core.sample.people import pupils
from core.settings import CoreSettings, SignOnSettings
from core.signon.domain import Secrets
from core.signon.provider import Provider
from core.values.clock import FixedClock, SystemClock
from core.values.ids import ChatAccountId, SchoolId
from core.web.server import serving
from core.web_app import make_web_app
from tests.support import oidc

NUMBER = "099201500001"
MOTHER = pupils()[0].parents[1].full_name
ACCOUNTS = {
    "mai": {"SoDinhDanh": NUMBER, "HoVaTen": "Trần Thị Mai", "NgayThangNamSinh": "19880609"},
    "nobody": {"HoVaTen": "Người Không Số"},
    "mother": {"SoDinhDanh": "099188000123", "HoVaTen": MOTHER, "NgayThangNamSinh": "19880609"},
    "stranger": {"SoDinhDanh": "099188000124", "HoVaTen": "Người Lạ Mặt", "NgayThangNamSinh": "19880609"},
}
SECRET = "a client secret of the tests"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


PORT = _free_port()
REDIRECT = f"http://127.0.0.1:{PORT}/signon/callback"


@pytest.fixture(scope="module")
def provider_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[oidc.TestProvider]:
    clients = [
        {"client_id": name, "client_secret": SECRET, "redirect_uris": [REDIRECT], "response_types": ["code"]}
        for name in ("school", "another")
    ]
    try:
        with oidc.running(clients, ACCOUNTS, tmp_path_factory.mktemp("oidc")) as started:
            yield started
    except oidc.NoProviderError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def op(provider_process: oidc.TestProvider) -> oidc.TestProvider:
    """The provider, as it was at its start."""
    for line in ("face first", "account mai", "slow 0"):
        provider_process.tell(line)
    return provider_process


@pytest.fixture
def now() -> FixedClock:
    """The provider lives in real time, so the clock begins there."""
    return FixedClock(SystemClock().now())


def settings_for(issuer: str, **changes: object) -> SignOnSettings:
    base = {
        "issuer": issuer,
        "client_id": "school",
        "client_secret": SecretStr(SECRET),
        "timeout_seconds": 1.0,
    }
    return SignOnSettings(**(base | changes))  # type: ignore[arg-type]  # names are the settings' own


@pytest.fixture
async def core(
    database_url: str, op: oidc.TestProvider, now: FixedClock, master_key_text: str, tmp_path: Path
) -> AsyncIterator[Core]:
    built = build_core(
        CoreSettings(
            data_dir=tmp_path,
            database_url=SecretStr(database_url),
            master_key=SecretStr(master_key_text),
            session_key=SecretStr(master_key_text),
            core_public_url=f"http://127.0.0.1:{PORT}",
            sign_on=settings_for(op.issuer),
        ),
        now,
    )
    yield built
    await built.database.dispose()


@pytest.fixture
def rp(op: oidc.TestProvider, now: FixedClock) -> Provider:
    """Our side of the protocol alone."""
    return Provider(settings_for(op.issuer), now, REDIRECT)


@dataclass
class Phone:
    """A guardian's browser: follows redirects one by one, so that a test can meddle with each."""

    http: aiohttp.ClientSession
    status: int = 0
    html: str = ""
    seen: list[str] = field(default_factory=list)

    async def open(self, url: str, *, stop_at: str = "", **changed: str) -> str:
        """Go on until a page, or until an address begins with `stop_at`; `changed` goes into its query."""
        while True:
            self.seen.append(url)
            async with self.http.get(url, allow_redirects=False, headers={"Accept": "text/html"}) as answer:
                self.status, self.html = answer.status, await answer.text()
                if answer.status not in {302, 303}:
                    return url
                base = urlsplit(url)
                url = answer.headers["Location"]
                if url.startswith("/"):
                    url = f"{base.scheme}://{base.netloc}{url}"
                if stop_at and url.startswith(stop_at):
                    return with_query(url, **changed)


def with_query(url: str, **changed: str) -> str:
    """The address with some of its query changed."""
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return urlunsplit(parts._replace(query=urlencode(query)))


def query_of(url: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}


@pytest.fixture
async def phone() -> AsyncIterator[Phone]:
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield Phone(http)


@dataclass
class Door:
    """The core's pages being served, and a chat account to prove something for."""

    core: Core
    school_id: SchoolId
    account_id: ChatAccountId
    url: str

    async def link(self) -> str:
        async with self.core.database.transaction(self.school_id) as tx:
            return f"{self.url}/signon/{await self.core.sign_ons.invite(tx, self.account_id)}"


@pytest.fixture
async def door(core: Core, school_id: SchoolId) -> AsyncIterator[Door]:
    async with core.database.transaction(school_id) as tx:
        await core.schools.add(tx, "Trường Hoa Phượng")
        turn = await core.conversations.open_turn(tx, "webchat", "chat-1", "m1", "xin chào")
    async with serving(make_web_app(core), port=PORT) as url:
        yield Door(core, school_id, turn.account_id, url)


async def a_code(rp: Provider, phone: Phone, secrets: Secrets, **changed: str) -> str:
    """Sign in at the provider and stop where it sends back; `changed` alters what it is asked."""
    asked = with_query(await rp.authorization_url(secrets), **changed)
    return query_of(await phone.open(asked, stop_at=REDIRECT)).get("code", "")
