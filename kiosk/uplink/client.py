"""The core's HTTP interface as the kiosk sees it: every request signed, every answer checked.

Which answers are believed is `kiosk.uplink.exchange`'s business, retrying `kiosk.uplink.sender`'s, except once: when
the core says that our clock is wrong, the request is signed again with the core's time.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from uuid import UUID

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from yarl import URL

from core.contracts.checkin import CheckInReceipt, CheckInReport, EnrolmentReceipt, EnrolmentRequest
from core.contracts.commands import CommandBatch, CommandResult
from core.contracts.faces import FaceEnrolment, FaceEnrolmentReceipt
from core.contracts.guardian_report import GuardianReceipt, GuardianReport
from core.contracts.roster import Roster
from core.contracts.signing import RequestToSign, sign
from kiosk.clock import CoreTime, Counted
from kiosk.errors import NonsenseError, RefusedError
from kiosk.uplink.exchange import TIMEOUT_SECONDS, parse, send
from kiosk.uplink.identity import Identity, public_key_text
from kiosk.version import SOFTWARE

CHECK_INS = "/api/v1/check-ins"
ENROLMENTS = "/api/v1/devices/enrol"
HEARTBEATS = "/api/v1/devices/heartbeat"
COMMANDS = "/api/v1/devices/commands"
GUARDIANS = "/api/v1/guardian-reports"
FACES = "/api/v1/faces"
ROSTER = "/api/v1/roster"
_ROSTER_SECONDS = 30.0
_UNAUTHENTICATED = 401


class CoreClient:
    """Speaks to one core as one enrolled kiosk."""

    def __init__(self, http: aiohttp.ClientSession, identity: Identity, time: CoreTime) -> None:
        """Use `http` for the requests; the caller closes it."""
        self._http = http
        self._identity = identity
        self._time = time

    async def check_in(self, report: CheckInReport, counted: Counted | None = None) -> CheckInReceipt:
        """Deliver a report; where it was `counted` its time is put right by what is known of the core's.

        Raises:
            RefusedError: when the core will not take it.
            UnreachableError: when nothing, a 5xx or nonsense came back.
        """

        def body() -> bytes:
            at = self._time.put_right(report.observed_at, counted)
            return json.dumps(
                report.model_copy(update={"observed_at": at}).wire(), ensure_ascii=False
            ).encode()

        receipt = parse(CheckInReceipt, await self.signed("POST", CHECK_INS, body))
        if receipt.report_id != report.report_id:
            raise NonsenseError("the receipt is of another report")
        return receipt

    async def heartbeat(self, spooled: int, troubles: tuple[str, ...] = ()) -> None:
        """Say that the kiosk is alive, and what staff should mend; the answer's time is learnt.

        Raises:
            RefusedError: when the core does not know this kiosk any more.
            UnreachableError: when nothing, a 5xx or nonsense came back.
        """
        told: dict[str, object] = {"software": SOFTWARE, "spooled": spooled}
        if troubles:
            # A core of before this field refuses what it does not know: it hears only of real troubles.
            told["troubles"] = troubles
        await self.signed("POST", HEARTBEATS, json.dumps(told).encode())

    async def commands(self, wait: int) -> CommandBatch:
        """The orders of staff that wait; the core holds the question for up to `wait` seconds.

        Raises:
            RefusedError: when the core does not know this kiosk any more.
            UnreachableError: when nothing, a 5xx or nonsense came back.
        """
        path = f"{COMMANDS}?wait={wait}"
        return parse(CommandBatch, await self.signed("GET", path, patience=wait + TIMEOUT_SECONDS))

    async def tell_result(self, command_id: UUID, result: CommandResult) -> None:
        """Say what became of an order.

        Raises:
            RefusedError: when the core knows of no such order.
            UnreachableError: when nothing, a 5xx or nonsense came back.
        """
        await self.signed("POST", f"{COMMANDS}/{command_id}/result", result.model_dump_json().encode())

    async def guardian(self, report: GuardianReport) -> GuardianReceipt:
        """Bring a guardian's visit; it cannot wait for later.

        Raises:
            RefusedError: when the core will not take it.
            UnreachableError: when nothing, a 5xx or nonsense came back.
        """
        body = json.dumps(report.wire(), ensure_ascii=False).encode()
        return parse(GuardianReceipt, await self.signed("POST", GUARDIANS, body))

    async def enrol_face(self, enrolment: FaceEnrolment) -> FaceEnrolmentReceipt:
        """Bring the templates of a pupil who agreed; they cannot wait for later.

        Raises:
            RefusedError: when the core will not take them.
            UnreachableError: when nothing, a 5xx or nonsense came back.
        """
        return parse(
            FaceEnrolmentReceipt, await self.signed("POST", FACES, json.dumps(enrolment.wire()).encode())
        )

    async def roster(self) -> Roster:
        """The school's roster, for hours without network.

        Raises:
            RefusedError: when the core does not know this kiosk any more.
            UnreachableError: when nothing, a 5xx or nonsense came back.
        """
        return parse(Roster, await self.signed("GET", ROSTER, patience=_ROSTER_SECONDS))

    async def signed(
        self,
        method: str,
        path: str,
        body: bytes | Callable[[], bytes] = b"",
        *,
        patience: float = TIMEOUT_SECONDS,
    ) -> bytes:
        """Send a signed request and give the body of a good answer; `patience` is in seconds.

        A `body` that is made anew for each signature may tell another time in the second one.

        Raises:
            RefusedError: when the core refuses it.
            UnreachableError: when nothing, a 5xx or nonsense came back.
        """
        try:
            return await self._signed_once(method, path, body, patience)
        except RefusedError as error:
            # Only a wrong clock is worth a second signature, and only when the answer taught us the time.
            if error.status != _UNAUTHENTICATED or not self._time.correction:
                raise
        return await self._signed_once(method, path, body, patience)

    async def _signed_once(
        self, method: str, path: str, made: bytes | Callable[[], bytes], patience: float
    ) -> bytes:
        body = made() if callable(made) else made
        named, _, query = path.partition("?")
        url = (URL(self._identity.core_url) / named.lstrip("/")).with_query(query or None)
        request = RequestToSign(method, url.raw_path_qs, body)
        head = sign(
            self._identity.key,
            request,
            device_id=str(self._identity.device_id),
            at=self._time.now(),
            nonce=secrets.token_urlsafe(16),
        )
        headers = head.as_headers()
        return await send(self._http, self._time, method, url, body, headers, patience=patience)


async def enrol(
    http: aiohttp.ClientSession, core_url: str, code: str, name: str, time: CoreTime
) -> tuple[Ed25519PrivateKey, EnrolmentReceipt]:
    """Trade the one-time code that staff made for an identity.

    Raises:
        RefusedError: when the code is wrong, used or too old.
        UnreachableError: when the core does not answer.
    """
    key = Ed25519PrivateKey.generate()
    request = EnrolmentRequest.model_validate(
        {"code": code, "public_key": public_key_text(key), "name": name}
    )
    wire = {"code": request.code.get_secret_value(), "public_key": request.public_key, "name": request.name}
    url = URL(core_url) / ENROLMENTS.lstrip("/")
    content = await send(http, time, "POST", url, json.dumps(wire, ensure_ascii=False).encode(), {})
    return key, parse(EnrolmentReceipt, content)
