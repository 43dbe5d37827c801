"""The machine as it really is: the certificate that a browser would be shown, one that has ended, and room on a disk."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from core.health import machine


def write_certificate(folder: Path, ends_at: datetime) -> Path:
    """A certificate of 127.0.0.1 with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "truong.example")])
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(ends_at - timedelta(days=90))
        .not_valid_after(ends_at)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@asynccontextmanager
async def site(certificate: Path) -> AsyncIterator[str]:
    """A TLS server on loopback; its address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    server = await asyncio.start_server(lambda _r, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        yield f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/chat"


@pytest.mark.parametrize(("days", "failure"), [(40, ""), (-1, "certificate has expired")])
async def test_the_certificate_of_a_public_address_is_read_as_a_browser_reads_it(
    days: int, failure: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends_at = (datetime.now(UTC) + timedelta(days=days)).replace(microsecond=0)  # noqa: TID251 - TLS has no other clock
    certificate = write_certificate(tmp_path, ends_at)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with site(certificate) as address:
        found = await machine.look(tmp_path / "not-yet", ("http://127.0.0.1:8080", address, address))
    (one,) = found.certificates
    assert (one.host, one.failure) == ("127.0.0.1", failure)
    assert one.ends_at == (None if failure else ends_at)
    assert 0 < found.free_bytes < found.total_bytes


async def test_an_address_that_nobody_answers_is_a_finding_and_no_fault(tmp_path: Path) -> None:
    found = await machine.look(tmp_path, ("https://127.0.0.1:1",))
    assert [one.failure for one in found.certificates] == ["ConnectionRefusedError"]


def test_the_kernel_says_whether_a_time_server_keeps_its_clock() -> None:
    assert machine.clock_is_kept() in {True, False, None}
