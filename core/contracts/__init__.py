"""What the kiosk and the core agree on. The only part of `core` that a kiosk machine loads.

Nothing here may import sqlalchemy, or anything of core outside this package (import contract).
"""
