"""The four services of the slice, made together."""

from __future__ import annotations

from dataclasses import dataclass

from core.answers.asked.service import AskedQuestions
from core.answers.keys.service import ApiKeys
from core.answers.passages.service import SchoolPassages
from core.answers.previews.service import Previews
from core.audit.service import Audit
from core.values.clock import Clock
from core.vault.keyring import Keyring


@dataclass(frozen=True, slots=True)
class Answers:
    """What a school adds to its answers (phần hỏi đáp của trường)."""

    passages: SchoolPassages
    asked: AskedQuestions
    previews: Previews
    api_keys: ApiKeys


def make_answers(keyring: Keyring, clock: Clock, audit: Audit) -> Answers:
    """All four over the same keys, clock and trail."""
    return Answers(
        SchoolPassages(keyring, clock, audit),
        AskedQuestions(keyring, clock, audit),
        Previews(keyring, clock),
        ApiKeys(clock, audit),
    )
