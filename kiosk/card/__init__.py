"""A complete eMRTD reader for the Vietnamese citizen card, usable as a library.

Read a card in three lines. Here it is an emulated one; `kiosk.card.tap.read_shortening` reads a real one:

>>> from datetime import UTC, datetime
>>> from kiosk.card.emulator.personalise import make_card
>>> from kiosk.card.emulator.transport import EmulatedTransport
>>> from kiosk.card.reader import read_card
>>> card = make_card()
>>> reading = read_card(
...     EmulatedTransport(card), card.keys, store=card.issuer.store(), at=datetime(2026, 11, 21, tzinfo=UTC)
... )
>>> reading.genuineness.verdict.value, reading.holder.citizen_id.masked
('genuine', '•••••••••345')

What it does not do: fingerprints (terminal authentication needs a state's certificate), writing, logging.
"""
