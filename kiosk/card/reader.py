"""One whole reading of a card, from the first APDU to the judgement.

The order is the standard's: open, read what is small, prove that the chip is no copy, read the portrait under
the new keys, check. Everything comes from one secure-messaging session, so it belongs to one chip. It knows
no reader, no screen and no person; nothing is logged.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from time import perf_counter

from kiosk.card.access import Opened, open_chip
from kiosk.card.active_auth import CHALLENGE_SIZE, sign_challenge, verify_challenge
from kiosk.card.apdu import EXTENDED_EXPECTED, SHORT_EXPECTED, WRONG_LENGTH
from kiosk.card.channel import MAX_SECONDS, PlainChannel
from kiosk.card.chip_auth import choose, run_chip_authentication
from kiosk.card.chip_mapping import check_chip_mapping
from kiosk.card.csca import CscaStore
from kiosk.card.data_groups import parse_com, public_key_of, security_infos_of
from kiosk.card.errors import (
    CardError,
    LimitExceededError,
    MalformedDataError,
    MissingFileError,
    ProtocolError,
    SecureMessagingError,
    StatusError,
    UnsupportedAlgorithmError,
)
from kiosk.card.files import DATA_GROUPS, ChunkSize, File, read_file, select_file
from kiosk.card.holder import build_holder
from kiosk.card.keys import AccessKey
from kiosk.card.passive_auth import authenticate, parse_security_object
from kiosk.card.portrait import parse_dg2
from kiosk.card.ports import Transport
from kiosk.card.security_infos import SecurityInfos, parse
from kiosk.card.values import CardReading, Phase, PhaseTiming, Portrait, Reason
from kiosk.card.verdict import judge

_PORTRAIT = 2
_WANTED = (1, 14, 15, 13, 11, 12)


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """What to read and how.

    `portrait` False leaves DG2 unread, and with it the chip's integrity only partly proved: the judgement
    then says so. `longest_answer` is the most bytes the link carries in one answer (256 for short APDUs).
    `seconds` is the most that a reading may take: a card that stalls must not hold the reader.
    """

    portrait: bool = True
    longest_answer: int = 256
    seconds: float = MAX_SECONDS


def _ignore(_phase: Phase) -> None:
    return None


def read_card(
    transport: Transport,
    keys: Sequence[AccessKey],
    *,
    store: CscaStore,
    at: datetime,
    on_phase: Callable[[Phase], None] = _ignore,
    options: ReadOptions | None = None,
) -> CardReading:
    """Read and judge the card on a reader.

    `keys` are tried in order of protocol (see `kiosk.card.access`); `store` holds the issuers that the school
    trusts; `at` is the instant that certificates are judged at; `on_phase` hears of every step, in the
    calling thread.

    Raises:
        CardError: one of its subclasses; nothing was read then. A card that is altered or copied raises
        nothing: its
            reading says so.
    """
    chosen = options or ReadOptions()
    session = _Session(PlainChannel(transport, chosen.seconds), chosen, on_phase)
    session.begin(Phase.ACCESS)
    session.opened = open_chip(session.plain, keys)
    session.begin(Phase.DETAILS)
    session.read_details()
    session.begin(Phase.COPY_CHECK)
    session.prove_original()
    session.begin(Phase.PORTRAIT)
    portrait = session.read_portrait()
    session.begin(Phase.CHECKING)
    sod = session.files.get(File.SOD)
    session.reasons += authenticate(sod, session.data_groups, store, at)
    if session.options.portrait and Reason.PORTRAIT_NOT_READ in session.reasons:
        session.reasons.append(Reason.SIGNED_FILE_MISSING)  # asked for, signed, and withheld
    session.reasons += check_chip_mapping(session.opened, sod)
    holder, contradiction = build_holder(session.files)
    if contradiction:
        session.reasons.append(Reason.HOLDER_CONTRADICTION)
    genuineness = judge(session.reasons)
    session.begin(Phase.DONE)
    return CardReading(
        holder=holder,
        portrait=portrait,
        genuineness=genuineness,
        access=session.opened.method,
        timings=tuple(session.timings),
        files=tuple(file.name for file in session.files),
    )


@dataclass(slots=True)
class _Session:
    """The state of one reading."""

    plain: PlainChannel
    options: ReadOptions
    on_phase: Callable[[Phase], None]
    opened: Opened = field(init=False)
    files: dict[File, bytes] = field(default_factory=dict)
    listed: frozenset[int] = frozenset()
    reasons: list[Reason] = field(default_factory=list)
    timings: list[PhaseTiming] = field(default_factory=list)
    dead: bool = False
    _phase: Phase | None = None
    _since: float = 0.0
    _exchanges: int = 0
    _chunks: ChunkSize = field(init=False)

    def __post_init__(self) -> None:
        self._chunks = ChunkSize(maximum=max(223, self.options.longest_answer - 40))

    @property
    def data_groups(self) -> dict[int, bytes]:
        """The data groups that were read, by number."""
        return {number: self.files[file] for number, file in DATA_GROUPS.items() if file in self.files}

    def begin(self, phase: Phase) -> None:
        """Close the phase before and tell of the next."""
        now = perf_counter()
        if self._phase is not None:
            used = self.plain.exchanges - self._exchanges
            self.timings.append(PhaseTiming(self._phase, now - self._since, used))
        self._phase, self._since, self._exchanges = phase, now, self.plain.exchanges
        self.on_phase(phase)

    def read_details(self) -> None:
        """The lists, then every small data group that either list names."""
        self._read(File.COM)
        self._read(File.SOD)
        self.listed = self._listed_groups()
        for number in _WANTED:
            if number in self.listed:
                self._read(DATA_GROUPS[number])
        if File.DG1 not in self.files:
            raise MissingFileError(File.DG1.name)

    def _listed_groups(self) -> frozenset[int]:
        """What the signed list names and what the unsigned one names; DG1 and DG2 are always asked for."""
        listed = {1, _PORTRAIT}
        with suppress(CardError):  # EF.COM is unsigned and of no weight
            listed.update(parse_com(self.files.get(File.COM, b"")))
        with suppress(CardError):  # passive authentication reports it later
            listed.update(parse_security_object(self.files.get(File.SOD, b"")).hashes)
        return frozenset(listed)

    def _read(self, file: File) -> None:
        """Read a file; one that is missing or broken in form is left out for the checks to see."""
        try:
            self.files[file] = read_file(self.opened.channel, file, self._chunks)
        except (MissingFileError, MalformedDataError):
            return

    def prove_original(self) -> None:
        """Active and chip authentication, where the chip has them."""
        infos = self._security_infos()
        if infos is not None and not self._told_as_signed(infos):
            self.reasons.append(Reason.CARD_ACCESS_UNSIGNED)
        answered = self._active_authentication(infos) if File.DG15 in self.files else True
        if infos is not None:
            self._chip_authentication(infos)
        if not answered and Reason.CHIP_AUTHENTICATION_OK not in self.reasons:
            self.reasons.append(Reason.ACTIVE_AUTHENTICATION_FAILED)

    def _told_as_signed(self, infos: SecurityInfos) -> bool:
        """Whether the open EF.CardAccess is part of the signed DG14, and nothing of it was kept from us (PACE)."""
        access = self.opened.card_access
        if access is None:
            return not infos.pace
        return access.raw <= infos.raw and set(infos.pace) <= set(access.pace)

    def _security_infos(self) -> SecurityInfos | None:
        if File.DG14 not in self.files:
            return None
        try:
            return parse(security_infos_of(self.files[File.DG14]))
        except CardError:
            return None

    def _active_authentication(self, infos: SecurityInfos | None) -> bool:
        """Ask for a signature; False when its answer is too long for this way to the chip, which proves nothing."""
        challenge = secrets.token_bytes(CHALLENGE_SIZE)
        algorithm = infos.active_authentication_hash if infos else None
        try:
            key = public_key_of(self.files[File.DG15])
            signature = self._signed(challenge)
            proved = verify_challenge(key, challenge, signature, algorithm)
        except UnsupportedAlgorithmError:
            self.reasons.append(Reason.ALGORITHM_UNSUPPORTED)
            return True
        except (SecureMessagingError, LimitExceededError):
            raise
        except ProtocolError as error:
            if isinstance(error, StatusError) and error.status == WRONG_LENGTH:
                return False
            proved = False
        done, failed = Reason.ACTIVE_AUTHENTICATION_OK, Reason.ACTIVE_AUTHENTICATION_FAILED
        self.reasons.append(done if proved else failed)
        return True

    def _signed(self, challenge: bytes) -> bytes:
        """The chip's signature: protected, one of RSA-2048 is longer than a short answer."""
        try:
            return sign_challenge(self.opened.channel, challenge)
        except StatusError as error:
            if error.status != WRONG_LENGTH or self.options.longest_answer <= SHORT_EXPECTED:
                raise
        return sign_challenge(self.opened.channel, challenge, expected=EXTENDED_EXPECTED)

    def _chip_authentication(self, infos: SecurityInfos) -> None:
        """Replace the keys; only an answer under the new ones proves anything, so one more is asked."""
        try:
            chosen = choose(infos)
        except UnsupportedAlgorithmError:
            self.reasons.append(Reason.ALGORITHM_UNSUPPORTED)
            return
        except ProtocolError:
            self.reasons.append(Reason.CHIP_AUTHENTICATION_FAILED)
            return
        if chosen is None:
            return
        try:
            channel = run_chip_authentication(self.opened.channel, chosen)
            # Selecting the application once more would make some chips forget the session.
            select_file(channel, File.DG14)
        except LimitExceededError:
            raise
        except ProtocolError:
            self.dead = True
            self.reasons.append(Reason.CHIP_AUTHENTICATION_FAILED)
            return
        self.reasons.append(Reason.CHIP_AUTHENTICATION_OK)
        self.opened = replace(self.opened, channel=channel)

    def read_portrait(self) -> Portrait | None:
        """The portrait; None when it was not asked for, the chip has none, or it is not readable as one."""
        if self.dead or not self.options.portrait:
            return None
        self._read(File.DG2)
        if File.DG2 not in self.files:
            return None
        try:
            return parse_dg2(self.files[File.DG2])
        except MalformedDataError:
            return None
