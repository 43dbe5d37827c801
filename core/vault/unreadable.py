"""What stands for a sealed value that does not open: its bytes were damaged, or its key was not given to us.

A list shows the rest, and this sign in the place of what is lost; nothing is written over it, nothing is found by
it, and what decides about somebody's rights takes it for the worse case. `./congtruong core check-sealed` counts them.
"""

from __future__ import annotations

UNREADABLE = "(không đọc được)"
"""No name and no text that a person typed into a list: names have no brackets (`core.students.names.tidy_name`)."""


def is_readable(text: str) -> bool:
    """Whether this is what somebody once wrote, and not the sign that it is lost."""
    return text != UNREADABLE
