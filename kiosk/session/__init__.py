"""The visit of one person as a pure state machine: state + event → state + effects.

Nothing here reads a clock, a card, a camera or a network: `kiosk.runner` does, and tells the machine. The
table of all transitions is in docs/kiosk.md and is made from this code (`kiosk.session.table`).
"""
