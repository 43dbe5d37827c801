"""Times of day as people type them: by the 24-hour clock, whatever language the browser speaks.

A browser's own time field follows the browser: in an English one staff meet AM and PM. Here they type.
"""

from __future__ import annotations

import re
from datetime import time

PATTERN = r"\s*([01]?[0-9]|2[0-3])\s*((:|[.]|[hHgG]|giờ)\s*([0-5][0-9])?)?\s*"
"""What a field accepts; the same words stand in the page, so a browser says it before anything is sent."""
_TIME = re.compile(PATTERN)
_LONGEST = 40


def read_time(text: str) -> time:
    """The time of day.

    Raises:
        ValueError: when it is none, or not by the 24-hour clock.

    >>> read_time("17:30"), read_time("7h05"), read_time("18 giờ")
    (datetime.time(17, 30), datetime.time(7, 5), datetime.time(18, 0))
    """
    found = _TIME.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError("no time of day")
    return time(int(found.group(1)), int(found.group(4) or 0))
