"""No test leaves this machine: a connection to anything but loopback or a UNIX socket fails at once."""

from __future__ import annotations

import ipaddress
import socket
import sys


def only_loopback() -> None:
    """Install the rule for this process (harmless when called twice)."""
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[object, ...]) -> None:
    if event not in {"socket.connect", "socket.sendto"}:
        return
    opened, address = arguments[0], arguments[1]
    if (
        not isinstance(opened, socket.socket)
        or opened.family == socket.AF_UNIX
        or not isinstance(address, tuple)
    ):
        return
    host = str(address[0])
    if host == "localhost" or ipaddress.ip_address(host.partition("%")[0]).is_loopback:
        return
    raise PermissionError(f"a test tried to reach {host}: only loopback is allowed")
