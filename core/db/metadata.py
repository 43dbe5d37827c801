"""Gathers the tables of every slice, for migrations and for the test that models equal migrations.

It finds `core/<slice>/tables.py` by name instead of importing slices: the database layer knows none of them.
"""

from __future__ import annotations

import importlib
import pkgutil

from sqlalchemy import MetaData

import core
from core.db.base import Base


def all_tables() -> MetaData:
    """The metadata with every table of the core loaded."""
    for module in pkgutil.iter_modules(core.__path__):
        if module.ispkg:
            name = f"core.{module.name}.tables"
            try:
                importlib.import_module(name)
            except ModuleNotFoundError as error:
                if error.name != name:
                    raise
    return Base.metadata
