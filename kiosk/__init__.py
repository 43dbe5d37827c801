"""The kiosk: a machine of other trust that reads the card, looks at the face and reports to the core.

It talks HTTP to the core and imports `core.contracts` only; importing it needs no database library.
"""
