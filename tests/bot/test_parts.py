"""Messages in parts: nothing longer than allowed, nothing lost; and QR codes at addresses that only we can make."""

from __future__ import annotations

from urllib.parse import urlsplit

import aiohttp
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from bot.cleaning import cleaned
from bot.parts import split, units
from bot.pictures import PATH, Pictures
from core.values.ids import SchoolId, new_id
from core.vault.keyring import Keyring
from core.web.server import WebParts, make_app, serving


@given(st.text(max_size=400), st.integers(min_value=2, max_value=60))
def test_every_piece_fits_and_no_character_is_lost_but_spaces_between(text: str, most: int) -> None:
    pieces = split(text, most)
    assert all(units(piece) <= most for piece in pieces)
    assert "".join("".join(pieces).split()) == "".join(text.split())


@given(st.text(max_size=60))
def test_a_short_text_stays_as_it_is(text: str) -> None:
    assert split(text, 400) == (text,)


@given(st.text(max_size=50))
def test_what_is_cleaned_can_be_stored(text: str) -> None:
    assert "\x00" not in cleaned(text)
    assert cleaned(cleaned(text)) == cleaned(text)


async def test_a_qr_code_is_shown_at_an_address_that_only_we_can_make(
    keyring: Keyring, school_id: SchoolId
) -> None:
    pictures = Pictures(keyring, school_id, "https://chat.example/")
    assert Pictures(keyring, school_id, "http://inside").address_of("QR") == ""
    foreign = Pictures(keyring, SchoolId(new_id()), "https://chat.example")
    app = make_app(WebParts(routes=(web.get(PATH, pictures.show),)))
    async with serving(app) as url, aiohttp.ClientSession() as http:
        for address, status in (
            (pictures.address_of("VIETQR"), 200),
            (foreign.address_of("VIETQR"), 404),
            ("https://chat.example/pictures/aaaaaaaaaaaaaaaaaaaaaaaaa.png", 404),
        ):
            async with http.get(f"{url}{urlsplit(address).path}") as answer:
                assert answer.status == status
                assert (await answer.read()).startswith(b"\x89PNG") is (status == 200)
