"""The OpenAPI document as a page that a person can read: one file, no script, nothing from elsewhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

STYLE = Path(__file__).parent / "templates" / "api.css"


def readable(document: dict[str, Any]) -> str:
    """The document as HTML."""
    environment = Environment(
        loader=PackageLoader("core.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["pretty"] = lambda value: json.dumps(value, indent=2, ensure_ascii=False)
    environment.filters["name"] = lambda reference: str(reference).rpartition("/")[2]
    schemas = document["components"]["schemas"]
    return environment.get_template("api.html").render(document=document, schemas=schemas)
