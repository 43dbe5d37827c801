"""The fictional pupils whose cards the demo panel can tap, from a JSON file.

The file is a list of objects with `full_name` and `citizen_id`, and if wanted `born_on` (ISO date) and
`class_name`; or an object with such a list under `pupils`.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, TypeAdapter, ValidationError, field_validator

from core.contracts.citizen_id import CitizenId
from kiosk.errors import SettingsError


class Person(BaseModel):
    """One fictional card holder (người giả định)."""

    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)

    full_name: Annotated[str, Field(min_length=1, max_length=80)]
    citizen_id: SecretStr
    born_on: date | None = None
    class_name: str = ""

    @field_validator("citizen_id")
    @classmethod
    def _twelve_digits(cls, value: SecretStr) -> SecretStr:
        CitizenId(value.get_secret_value())
        return value

    @property
    def number(self) -> CitizenId:
        """The citizen number."""
        return CitizenId(self.citizen_id.get_secret_value())

    @property
    def birth(self) -> date:
        """The date of birth, or the first day of the year that the number encodes."""
        return self.born_on or date(self.number.birth_year, 1, 1)


_PEOPLE = TypeAdapter(tuple[Person, ...])

SAMPLE = _PEOPLE.validate_python(
    [
        {"full_name": "Nguyễn Thị Bình An", "citizen_id": "001315012345", "class_name": "6A"},
        {"full_name": "Trần Minh Khôi", "citizen_id": "031215067890", "class_name": "6A"},
        {"full_name": "Lê Ngọc Hân", "citizen_id": "048314023456", "class_name": "7B"},
    ]
)
STRANGER = _PEOPLE.validate_python([{"full_name": "Người Lạ", "citizen_id": "079209999999"}])[0]


def load_people(path: Path | None) -> tuple[Person, ...]:
    """The people of a file; three of our own when no file is named.

    Raises:
        SettingsError: when the file cannot be read or is not such a list.
    """
    if path is None:
        return SAMPLE
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _PEOPLE.validate_python(content["pupils"] if isinstance(content, dict) else content)
    except (OSError, ValueError, KeyError, ValidationError) as error:
        raise SettingsError("CONGTRUONG_KIOSK_PUPILS_FILE is not a readable list of pupils") from error
