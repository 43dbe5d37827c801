"""Pupils and their classes, and the roll that schools import. Knows no guardian."""
