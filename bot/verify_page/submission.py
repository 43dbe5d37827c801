"""What the page sends: one's own card, and perhaps the child's; scanned, or typed where no camera helps."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from core.contracts.citizen_card import MAX_TEXT, CitizenCard, CitizenCardError, parse_qr
from core.contracts.citizen_id import CitizenId
from core.errors import CoreError
from core.guardians.evidence import ChildIdentity, Identity, Means
from core.guardians.levels import is_adult

NAME_MAX = 100


class NotACardError(CoreError):
    """What was scanned is no citizen card; `problem` says why and repeats nothing of it."""

    code = "verify.not_a_card"
    http_status = 422


class ChildsCardError(CoreError):
    """The card in the guardian's place is a child's."""

    code = "verify.childs_card"
    http_status = 422


class Typed(BaseModel):
    """A person as typed in."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    number: SecretStr | None = None
    full_name: Annotated[SecretStr, Field(min_length=1, max_length=NAME_MAX)]
    born_on: Annotated[date | None, Field(repr=False)] = None
    class_name: Annotated[str, Field(max_length=40)] = ""

    @field_validator("number")
    @classmethod
    def _a_number(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value().strip():
            return None
        return SecretStr(CitizenId.parse(value.get_secret_value()).value)


class Submission(BaseModel):
    """Everything the page sends, once."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    ticket: Annotated[SecretStr, Field(min_length=20, max_length=100)]
    card: Annotated[SecretStr | None, Field(max_length=MAX_TEXT)] = None
    typed: Typed | None = None
    child_card: Annotated[SecretStr | None, Field(max_length=MAX_TEXT)] = None
    child_typed: Typed | None = None


def read(submission: Submission, today: date) -> tuple[Means, Identity, ChildIdentity | None]:
    """Who the person says to be, by which means, and which child is named.

    Raises:
        NotACardError, ChildsCardError: when a scanned text will not do; the page asks to scan again.
    """
    child = _child(submission)
    if submission.card is not None:
        card = _card(submission.card)
        if not is_adult(card.born_on, today):
            raise ChildsCardError
        return Means.CARD_QR, Identity(card.number, card.full_name, card.born_on), child
    if submission.typed is None:
        raise NotACardError(problem="nothing")
    typed = submission.typed
    return Means.TYPED, Identity(_number(typed), typed.full_name.get_secret_value(), typed.born_on), child


def _child(submission: Submission) -> ChildIdentity | None:
    if submission.child_card is not None:
        card = _card(submission.child_card)
        return ChildIdentity(
            card.full_name,
            card.born_on,
            card.number,
            father=card.father,
            mother=card.mother,
        )
    if submission.child_typed is None:
        return None
    typed = submission.child_typed
    return ChildIdentity(
        typed.full_name.get_secret_value(), typed.born_on, _number(typed), typed.class_name.strip()
    )


def _card(text: SecretStr) -> CitizenCard:
    try:
        return parse_qr(text.get_secret_value())
    except CitizenCardError as error:
        raise NotACardError(problem=error.problem.value) from None


def _number(typed: Typed) -> CitizenId | None:
    return CitizenId(typed.number.get_secret_value()) if typed.number else None
