"""Emulated card, person and face check, for the demo and the tests. The screen always says that they are."""
