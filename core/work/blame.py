"""Says where an error came from without saying what it was about."""

from __future__ import annotations

from pathlib import Path
from traceback import extract_tb


def where(error: BaseException) -> str:
    """File, line and function of the innermost frame: for logs, where a message or locals may be personal."""
    frames = extract_tb(error.__traceback__)
    if not frames:
        return "unknown"
    last = frames[-1]
    return f"{Path(last.filename).name}:{last.lineno} {last.name}"
