"""The demo panel's routes; they exist only where card, camera and face are emulated."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web

from kiosk.emulated.cards import EmulatedCards, Trick
from kiosk.emulated.people import STRANGER, Person, load_people
from kiosk.ports import CardSource
from kiosk.screen.server import json_of


async def add_demo(
    app: web.Application, cards: CardSource, pupils_file: Path | None, cut_network: Callable[[bool], None]
) -> None:
    """Make the cards of the demo's people, and add the panel that lays them."""
    assert isinstance(cards, EmulatedCards)
    people = load_people(pupils_file)
    await asyncio.to_thread(cards.personalise, people)
    DemoPanel(cards, people, cut_network).add_to(app)


@dataclass(frozen=True, slots=True)
class DemoPanel:
    """Buttons that tap emulated cards (bảng thử máy)."""

    cards: EmulatedCards
    people: tuple[Person, ...]
    cut_network: Callable[[bool], None]

    def add_to(self, app: web.Application) -> None:
        """Register the routes."""
        app.router.add_get("/demo/people", self._people)
        app.router.add_post("/demo/tap", self._tap)
        app.router.add_post("/demo/network", self._network)

    async def _people(self, _request: web.Request) -> web.StreamResponse:
        listed = [
            {"index": index, "name": person.full_name, "class_name": person.class_name}
            for index, person in enumerate(self.people)
        ]
        return web.json_response({"people": listed, "tricks": [trick.value for trick in Trick]})

    async def _tap(self, request: web.Request) -> web.StreamResponse:
        said = await json_of(request)
        try:
            index, trick = int(said["person"]), Trick(said.get("trick", Trick.NONE))
        except (KeyError, ValueError, TypeError) as error:
            raise web.HTTPBadRequest from error
        if not -1 <= index < len(self.people):
            raise web.HTTPNotFound
        tap = self.cards.tap(STRANGER if index < 0 else self.people[index], trick)
        return web.json_response({"tap": tap})

    async def _network(self, request: web.Request) -> web.StreamResponse:
        self.cut_network(bool((await json_of(request)).get("cut")))
        return web.Response(status=204)
