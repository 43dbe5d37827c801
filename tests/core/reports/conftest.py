"""The school of the check-in tests, and whoever reads its reports."""

from __future__ import annotations

from tests.core.checkins.conftest import core, gate

__all__ = ["core", "gate"]
