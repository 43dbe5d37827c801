"""The environment of the console's templates: the words for codes, and times, days and money as people read them."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from core.console import (
    calendar_texts,
    desk_texts,
    guardian_texts,
    roll_texts,
    rooms,
    texts,
    typed_days,
    typed_times,
)
from core.staff.authority import Right
from core.values.clock import SCHOOL_TIME, school_date
from core.values.money import format_vnd, vnd
from core.vault.unreadable import UNREADABLE


def make_environment() -> Environment:
    """The templates, with the words for codes and times in school time."""
    environment = Environment(
        loader=PackageLoader("core.console"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "texts": texts,
        "rolls": roll_texts,
        "rooms": rooms,
        "Right": Right,
        "words": desk_texts,
        "people": guardian_texts,
        "days": calendar_texts,
        "typed_time": typed_times.PATTERN,
        "typed_day": typed_days.PATTERN,
        "unreadable": UNREADABLE,
    }
    environment.filters["clock"] = lambda at: at.astimezone(SCHOOL_TIME).strftime("%H:%M")
    environment.filters["moment"] = lambda at: at.astimezone(SCHOOL_TIME).strftime("%H:%M %d/%m/%Y")
    environment.filters["vnd"] = lambda amount: format_vnd(vnd(int(amount)))
    environment.filters["on"] = school_date
    environment.filters["day"] = typed_days.write_day
    return environment
