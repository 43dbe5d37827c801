"""Over HTTPS a kiosk whose clock is years off says that it is the clock, and goes on by itself once it is set."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from yarl import URL

from kiosk.clock import CoreTime, SystemClock
from kiosk.doctor import examine
from kiosk.errors import UnreachableError
from kiosk.settings import KioskSettings
from kiosk.uplink.exchange import CERTIFICATE_TIME, send

YEAR = timedelta(days=365)


def certificate(folder: Path, begins: datetime) -> Path:
    """A certificate of a year for this machine, with its key, in one file; who trusts it trusts itself."""
    key, name = (
        ec.generate_private_key(ec.SECP256R1()),
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "core")]),
    )
    here = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + YEAR)
        .add_extension(here, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "core.pem"
    path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()) + made.public_bytes(Encoding.PEM)
    )
    return path


@asynccontextmanager
async def core(pem: Path) -> AsyncIterator[str]:
    async def well(_request: web.Request) -> web.Response:
        return web.json_response({})

    app = web.Application()
    app.router.add_get("/healthz", well)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    await web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context).start()
    try:
        yield f"https://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


async def asked(url: str, pem: Path) -> bytes:
    context = ssl.create_default_context(cafile=str(pem))
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=context)) as http:
        return await send(http, CoreTime(SystemClock()), "GET", URL(url) / "healthz", b"", {})


@pytest.mark.parametrize(("years", "fits"), [(-2, False), (-0.5, True), (1, False)])
async def test_a_certificate_that_does_not_fit_the_machines_time_is_named(
    tmp_path: Path, years: float, fits: bool
) -> None:
    pem = certificate(tmp_path, datetime.now(UTC) + years * YEAR)  # noqa: TID251 - as OpenSSL sees it
    async with core(pem) as url:
        if fits:
            assert await asked(url, pem) == b"{}"
            return
        with pytest.raises(UnreachableError) as caught:
            await asked(url, pem)
    assert caught.value.detail == CERTIFICATE_TIME


async def test_the_doctor_then_says_to_set_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def out_of_time(*_given: object) -> bytes:
        raise UnreachableError(CERTIFICATE_TIME)

    monkeypatch.setattr("kiosk.doctor.send", out_of_time)
    findings = await examine(KioskSettings(data_dir=tmp_path / "data", emulated=True))
    network = next(one for one in findings if one.part == "network")
    assert (network.state, "NTP" in network.mend) == ("bad", True)
