"""What an emulated chip holds: files, keys, and how it may be opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from kiosk.card.emulator.issuer import TestIssuer
from kiosk.card.files import File
from kiosk.card.groups import Group
from kiosk.card.keys import Can, MrzKey
from kiosk.card.security_infos import PaceInfo
from kiosk.card.symmetric import Suite


class Misbehaviour(Enum):
    """What an emulated card can do wrong, on demand."""

    WRONG_MAC = "wrong_mac"
    NO_AA_KEY = "no_aa_key"
    NO_CA_KEY = "no_ca_key"
    REMOVED = "removed"
    SHORT_ANSWERS = "short_answers"
    WRONG_LENGTH = "wrong_length"
    MORE_DATA = "more_data"
    HUGE_LENGTH = "huge_length"
    ENDLESS = "endless"
    SMALL_CHUNKS = "small_chunks"
    SLOW = "slow"


@dataclass(frozen=True, slots=True, repr=False)
class ChipKey:
    """A static key of chip authentication: its group, the private scalar, and the cipher it leads to."""

    group: Group[Any]
    private: int
    suite: Suite
    parameters: int


@dataclass(frozen=True, slots=True, repr=False)
class Chip:
    """The personalised content of one card (nội dung chip)."""

    files: Mapping[File, bytes]
    can: Can
    mrz_key: MrzKey
    issuer: TestIssuer
    pace: PaceInfo | None
    bac: bool = True
    aa_key: Any = None
    ca_key: ChipKey | None = None
    faults: frozenset[Misbehaviour] = field(default=frozenset())
    faulty_from: int = 0
