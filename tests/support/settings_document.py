"""Writes the tables of docs/settings.md from the code: `python -m tests.support.settings_document`."""

from __future__ import annotations

import json
from enum import Enum
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import AliasChoices, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings

from bot.settings import BotSettings
from core.settings import CoreSettings, SignOnSettings
from kiosk.settings import KioskSettings
from rag.settings import ROOT, RagSettings
from tests.support.documents import table, write

DOCUMENT = Path(__file__).parents[2] / "docs" / "settings.md"
SETTINGS: dict[str, type[BaseSettings]] = {
    "core": CoreSettings,
    "vneid": SignOnSettings,
    "bot": BotSettings,
    "answers": RagSettings,
    "kiosk": KioskSettings,
}


def sections() -> dict[str, str]:
    """The generated parts of the document by name."""
    return {name: _settings(of) for name, of in SETTINGS.items()}


def _settings(of: type[BaseSettings]) -> str:
    prefix = of.model_config.get("env_prefix", "")
    rows = (
        [f"`{_name(prefix, name, field)}`", _default(field), _told(field)]
        for name, field in of.model_fields.items()
        if not _is_settings(field)
    )
    return table(["setting", "default", "what it says"], rows)


def _is_settings(field: FieldInfo) -> bool:
    return isinstance(field.annotation, type) and issubclass(field.annotation, BaseSettings)


def _name(prefix: str, name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    if isinstance(alias, AliasChoices):
        return str(alias.choices[0])
    return alias if isinstance(alias, str) else prefix + name.upper()


def _default(field: FieldInfo) -> str:
    value = field.get_default(call_default_factory=True)
    if isinstance(value, Path):
        value = value.relative_to(ROOT) if value.is_absolute() else value
    if isinstance(value, SecretStr):
        value = value.get_secret_value()
    if isinstance(value, tuple | dict):
        value = json.dumps(value, ensure_ascii=False) if value else None
    if isinstance(value, bool):
        value = str(value).lower()
    return "" if value in {None, ""} else f"`{value}`"


def _told(field: FieldInfo) -> str:
    values = _values(field.annotation)
    among = f" One of {', '.join(f'`{one}`' for one in values)}." if values else ""
    return (field.description or "").replace("\n", " ").replace("|", "\\|") + among


def _values(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return tuple(one.value for one in annotation)
    return ()


if __name__ == "__main__":
    write(DOCUMENT, sections())
