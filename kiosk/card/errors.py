"""Everything that can go wrong between the kiosk and a chip, as types with a code and no prose.

The sentences people read are the screen's business, keyed by `code`. No error carries card data: a status
word, a file name and a position are all that is ever kept, so an error may be logged as it is.
"""

from __future__ import annotations

from typing import ClassVar


class CardError(Exception):
    """A fact that stops a reading.

    `retryable` says that the same card may well be read when it is laid on the reader again.
    """

    code: ClassVar[str] = "card.error"
    retryable: ClassVar[bool] = False

    def __init__(self, detail: str = "") -> None:
        super().__init__(f"{self.code}: {detail}" if detail else self.code)
        self.detail = detail


class ReaderUnavailableError(CardError):
    """There is no reader, or the PC/SC service does not answer."""

    code = "card.reader_unavailable"
    retryable = True


class CardRemovedError(CardError):
    """The card left the field while it was being read."""

    code = "card.removed"
    retryable = True


class TransportError(CardError):
    """The reader reported a fault that is not the card's absence."""

    code = "card.transport"
    retryable = True


class AccessDeniedError(CardError):
    """The chip did not accept any of the keys: the number or the dates are not those of this card."""

    code = "card.access_denied"


class AccessUnsupportedError(CardError):
    """The chip offers no access protocol that this reader speaks, or none that the keys at hand fit."""

    code = "card.access_unsupported"


class NotATravelDocumentError(CardError):
    """The card on the reader has no ICAO application: a bank card, an old citizen card, a bus card."""

    code = "card.not_a_citizen_card"


class ProtocolError(CardError):
    """The chip said something that the protocol does not allow."""

    code = "card.protocol"
    retryable = True


class StatusError(ProtocolError):
    """The chip answered a command with an error status word."""

    code = "card.status"

    def __init__(self, status: int, detail: str = "") -> None:
        super().__init__(f"{status:04X} {detail}".strip())
        self.status = status


class SecureMessagingError(ProtocolError):
    """A protected answer is missing, malformed or carries a wrong MAC."""

    code = "card.secure_messaging"


class MalformedDataError(ProtocolError):
    """A file or a field of the chip is not what its standard says."""

    code = "card.malformed"
    retryable = False


class LimitExceededError(ProtocolError):
    """The chip announced or sent more than any citizen card holds."""

    code = "card.limit_exceeded"
    retryable = False


class MissingFileError(CardError):
    """The chip does not hold a file that a reading cannot do without."""

    code = "card.missing_file"


class UnsupportedAlgorithmError(CardError):
    """The chip or its issuer uses an algorithm that this reader does not know; nothing is proved by that."""

    code = "card.unsupported_algorithm"


class CertificateImportError(CardError):
    """A certificate, master list or revocation list offered to the store cannot be used."""

    code = "card.certificate_import"
