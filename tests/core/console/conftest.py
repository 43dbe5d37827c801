"""The school of the check-in tests, seen by its staff."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiohttp
import pytest
from selectolax.lexbor import LexborHTMLParser as HTMLParser

from core.staff.domain import NewStaff, Role
from core.staff.passwords import hash_password
from tests.core.checkins.conftest import Gate, core, gate

__all__ = ["core", "gate"]
PASSWORD = "mot mat khau dai"
HTML = {"Accept": "text/html"}


@dataclass
class Browser:
    """A browser without a screen: cookies, forms, redirects."""

    gate: Gate
    http: aiohttp.ClientSession
    status: int = 0
    html: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    async def open(self, path: str) -> HTMLParser:
        return await self._keep(self.http.get(path, headers=HTML))

    async def send(self, path: str, fields: dict[str, str] | aiohttp.FormData, **headers: str) -> HTMLParser:
        return await self._keep(self.http.post(path, data=fields, headers=HTML | headers))

    async def sign_in(self, username: str = "admin", password: str = PASSWORD) -> HTMLParser:
        return await self.send("/console/sign-in", {"username": username, "password": password})

    async def csrf(self) -> str:
        token = (await self.open("/console/")).css_first("input[name=csrf]").attributes["value"]
        assert token
        return token

    @property
    def text(self) -> str:
        return " ".join(HTMLParser(self.html).css_first("main").text(separator=" ").split())

    async def _keep(self, doing: object) -> HTMLParser:
        async with doing as response:  # type: ignore[attr-defined]
            self.status, self.html = response.status, await response.text()
            self.headers = {**response.headers, "url": str(response.url)}
        return HTMLParser(self.html)


@pytest.fixture
async def browser(gate: Gate) -> AsyncIterator[Browser]:
    async with gate.core.database.transaction(gate.school_id) as tx:
        hashed = hash_password(PASSWORD)
        (own_class,) = await gate.core.students.list_classes(tx)
        for username, role, class_id in (
            ("admin", Role.HEAD, None),
            ("teacher", Role.HOMEROOM, own_class.id),
        ):
            new = NewStaff(username, "Cô Lan", role, PASSWORD, class_id)
            await gate.core.staff.add(tx, new, hashed)
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(gate.url, cookie_jar=jar) as http:
        yield Browser(gate, http)
