"""Real readers over PC/SC: finding them, seeing cards come and go, carrying APDUs.

The one home of `smartcard`. It has its own poll, because pyscard's monitor thread dies silently with the
daemon (pyscard #82) while listing readers recovers. A connection belongs to one insertion: pyscard lets an
old one work again after the card came back, so every transport dies with the first error and is never reused.
pyscard's APDU traces stay off.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from kiosk.card.apdu import SHORT_EXPECTED
from kiosk.card.errors import CardError, CardRemovedError, ReaderUnavailableError, TransportError

_REMOVED = frozenset((0, 0x80100069, 0x80100068, 0x8010000C, 0x80100016))
POLL_SECONDS = 0.2
# The largest answer by CCID descriptors (facts, E); readers not named here get short APDUs.
_EXTENDED: tuple[tuple[str, int], ...] = (
    ("virtual pcd", 60_000),
    ("acr1252", 500),
    ("acr1281", 500),
    ("omnikey 5022", 500),
    ("omnikey 5422", 500),
    ("omnikey 5427", 500),
    ("3700 f", 1000),
    ("4701 f", 1000),
    ("dragon", 2000),
)


def longest_answer(reader: str) -> int:
    """The most bytes that a reader carries in one answer; 256 for those that are not known.

    >>> longest_answer("ACS ACR122U PICC Interface 00 00")
    256
    """
    name = reader.casefold()
    return next((size for part, size in _EXTENDED if part in name), SHORT_EXPECTED)


@dataclass(slots=True)
class PcscTransport:
    """APDUs to the card that lay on the reader when this was made (kết nối thẻ)."""

    reader: str
    _connection: Any
    _over: bool = field(default=False, init=False)

    def transmit(self, command: bytes) -> bytes:
        """Exchange one APDU.

        Raises:
            CardRemovedError: when the card left, now or earlier.
            TransportError: when the reader failed.
        """
        from smartcard.Exceptions import CardConnectionException, NoCardException

        if self._over:
            raise CardRemovedError(self.reader)
        try:
            data, first, second = self._connection.transmit(list(command))
        except NoCardException as error:
            self._over = True
            raise CardRemovedError(self.reader) from error
        except CardConnectionException as error:
            self._over = True
            raise _fault(error, self.reader) from error
        except _faults() as error:
            self._over = True
            raise TransportError(self.reader) from error
        return bytes((*data, first, second))


def _faults() -> tuple[type[Exception], ...]:
    """Everything pyscard raises: its own errors, and a second family that does not descend from them."""
    from smartcard.Exceptions import SmartcardException
    from smartcard.pcsc.PCSCExceptions import BaseSCardException

    return (SmartcardException, BaseSCardException)


def _fault(error: Any, reader: str) -> CardError:
    """A removal shows as one of several codes, the first time often as 0 (facts)."""
    code = int(getattr(error, "hresult", 0) or 0) & 0xFFFFFFFF
    return CardRemovedError(reader) if code in _REMOVED else TransportError(f"{reader} {code:08X}")


def list_readers() -> tuple[str, ...]:
    """The names of the readers, none when there is none.

    Raises:
        ReaderUnavailableError: when the PC/SC service does not answer, or pyscard is not installed.
    """
    try:
        from smartcard.System import readers
    except ImportError as error:
        raise ReaderUnavailableError("pyscard") from error
    try:
        return tuple(str(reader) for reader in readers())
    except _faults() as error:
        raise ReaderUnavailableError("pcscd") from error


def choose_reader(wanted: str | None, names: tuple[str, ...]) -> str:
    """The reader whose name contains `wanted`, or the first contactless-looking one, or the first.

    Raises:
        ReaderUnavailableError: when there is none.

    >>> choose_reader(None, ("ACS ACR1252 SAM 01", "ACS ACR1252 PICC 00"))
    'ACS ACR1252 PICC 00'
    """
    fitting = [name for name in names if not wanted or wanted.casefold() in name.casefold()]
    if not fitting:
        raise ReaderUnavailableError("no such reader" if names else "no reader")
    return next(
        (name for name in fitting if any(word in name for word in ("PICC", "CL", "Contactless"))), fitting[0]
    )


@contextmanager
def connect(reader: str) -> Iterator[PcscTransport]:
    """A transport to the card that lies on a reader now, alone with it while the block lasts.

    The card is switched off afterwards: EF.CardAccess can be read only before its application is selected.

    Raises:
        CardRemovedError: when there is no card.
        ReaderUnavailableError: when the reader or the service is gone.
    """
    connection = _open(reader)
    try:
        yield PcscTransport(reader, connection)
    finally:
        _close(connection)


def _open(reader: str) -> Any:
    from smartcard.Exceptions import NoCardException
    from smartcard.scard import SCARD_SHARE_EXCLUSIVE, SCARD_UNPOWER_CARD
    from smartcard.System import readers

    try:
        found = next((one for one in readers() if str(one) == reader), None)
        if found is None:
            raise ReaderUnavailableError("no such reader")
        connection = found.createConnection()
        connection.connect(mode=SCARD_SHARE_EXCLUSIVE, disposition=SCARD_UNPOWER_CARD)
    except NoCardException as error:
        raise CardRemovedError(reader) from error
    except _faults() as error:
        raise ReaderUnavailableError(reader) from error
    return connection


def _close(connection: Any) -> None:
    # A card that is gone already cannot be disconnected; what the service holds for us is released all the same.
    with suppress(*_faults()):
        connection.disconnect()
    try:
        connection.release()
    except _faults():
        # The service is gone: pyscard's destructor would try again and complain on the error stream.
        connection.component.hcontext = None


def card_present(reader: str) -> bool:
    """Whether a card lies on a reader, asked of the service without waking the card.

    Raises:
        ReaderUnavailableError: when the service does not answer.
    """
    from smartcard import scard

    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_USER)
    if result != scard.SCARD_S_SUCCESS:
        raise ReaderUnavailableError("pcscd")
    try:
        result, states = scard.SCardGetStatusChange(context, 0, [(reader, scard.SCARD_STATE_UNAWARE)])
    finally:
        scard.SCardReleaseContext(context)
    if result not in {scard.SCARD_S_SUCCESS, scard.SCARD_E_TIMEOUT} or not states:
        raise ReaderUnavailableError(reader)
    return bool(states[0][1] & scard.SCARD_STATE_PRESENT)


@dataclass(slots=True)
class CardWatch:
    """Polls readers for cards; survives unplugging and restarts of the daemon (theo dõi thẻ)."""

    wanted: str | None = None
    sleep: Callable[[float], None] = time.sleep
    there: bool = field(default=True, init=False)
    """Whether a reader that fits answered when last asked."""

    def present_on(self) -> str | None:
        """The reader with a card on it, of those that fit; None while there is none."""
        try:
            wanted = (self.wanted or "").casefold()
            fitting = [name for name in list_readers() if wanted in name.casefold()]
            found = next((name for name in fitting if card_present(name)), None)
        except ReaderUnavailableError:
            self.there = False
            return None
        self.there = bool(fitting)
        return found

    def wait_for_card(self, *, stop: Callable[[], bool]) -> str | None:
        """The reader on which a card was laid; None when `stop` said so."""
        while not stop():
            name = self.present_on()
            if name is not None:
                return name
            self.sleep(POLL_SECONDS)
        return None
