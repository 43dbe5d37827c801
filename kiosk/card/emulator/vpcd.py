"""An emulated card in Debian's virtual reader (`vsmartcard-vpcd`), over the real pcscd and pyscard.

The daemon's driver listens on TCP; the card connects to it. Each message is a two-byte length and the
payload; a payload of one byte is a control. Without TCP_NODELAY and TCP_QUICKACK every APDU costs 44 ms
(facts).
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from kiosk.card.emulator.application import EmulatedCard
from kiosk.card.errors import TransportError

FIRST_PORT = 35963
_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = 0, 1, 2, 4
_CONNECT_SECONDS, _NOTICE_SECONDS, _ATTEMPTS = 5.0, 2.0, 4


def _atr() -> bytes:
    """Protocols T=0 and T=1 and four historical bytes of our own, which say nothing of a real card."""
    body = bytes.fromhex("3B848001") + b"\x43\x54\x47\x31"
    check = 0
    for byte in body[1:]:
        check ^= byte
    return body + bytes((check,))


@dataclass(slots=True)
class VirtualReader:
    """Holds a card in the virtual reader while the `with` block lasts."""

    card: EmulatedCard
    port: int = FIRST_PORT
    host: str = "127.0.0.1"
    process: Callable[[bytes], bytes] | None = None
    _noticed: threading.Event = field(default_factory=threading.Event, init=False)
    _socket: socket.socket | None = field(default=None, init=False)
    _thread: threading.Thread | None = field(default=None, init=False)

    def __enter__(self) -> Self:
        self.insert()
        return self

    def __exit__(self, *_: object) -> None:
        self.remove()

    def insert(self) -> None:
        """Lay the card on the reader.

        Raises:
            TransportError: when no virtual reader listens there.
        """
        for _ in range(_ATTEMPTS):
            self._connect()
            # The driver asks for the card's name once it has seen it. A driver that lost its last card in
            # mid-answer may take a new connection and forget it: connect again then.
            if self._noticed.wait(_NOTICE_SECONDS):
                return
            self.remove()
        raise TransportError("virtual reader does not notice the card")

    def _connect(self) -> None:
        try:
            link = socket.create_connection((self.host, self.port), _CONNECT_SECONDS)
        except OSError as error:
            raise TransportError("virtual reader") from error
        link.settimeout(None)
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._noticed.clear()
        self._socket = link
        self._thread = threading.Thread(target=self._serve, args=(link,), daemon=True)
        self._thread.start()

    def remove(self) -> None:
        """Take the card off the reader."""
        link, thread = self._socket, self._thread
        self._socket = self._thread = None
        if link is not None:
            try:
                link.shutdown(socket.SHUT_RDWR)
            except OSError:
                link.close()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_CONNECT_SECONDS)

    def _serve(self, link: socket.socket) -> None:
        with link:
            while (message := _receive(link)) is not None:
                self._noticed.set()
                answer = self._answer(message)
                if answer is None:
                    continue
                try:
                    link.sendall(len(answer).to_bytes(2, "big") + answer)
                except OSError:
                    return

    def _answer(self, message: bytes) -> bytes | None:
        if len(message) != 1:
            return (self.process or self.card.process)(message)
        if message[0] == _GET_ATR:
            return _atr()
        if message[0] in {_POWER_OFF, _POWER_ON, _RESET}:
            self.card.reset()
        return None


def _receive(link: socket.socket) -> bytes | None:
    head = _exactly(link, 2)
    return None if head is None else _exactly(link, int.from_bytes(head, "big"))


def _exactly(link: socket.socket, size: int) -> bytes | None:
    data = bytearray()
    while len(data) < size:
        try:
            # The kernel forgets the option after each use.
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = link.recv(size - len(data))
        except OSError:
            return None
        if not part:
            return None
        data += part
    return bytes(data)
