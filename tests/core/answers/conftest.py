"""The services of the slice over a real database."""

from __future__ import annotations

import pytest

from core.answers.service import Answers, make_answers
from core.audit.service import Audit
from core.values.clock import FixedClock
from core.vault.keyring import Keyring


@pytest.fixture
def answers(keyring: Keyring, clock: FixedClock) -> Answers:
    return make_answers(keyring, clock, Audit(keyring, clock))
