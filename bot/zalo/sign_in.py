"""The first sign-in of an Official Account: OAuth v4 with PKCE (S256).

The operator opens `address()`; Zalo sends the browser back with a code, which is exchanged once and the pair of
tokens stored sealed. The verifier travels inside `state`, sealed and with an end, so nothing is stored before.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from urllib.parse import urlencode

import orjson
import structlog
from aiohttp import web

from bot.texts.render import say
from bot.zalo.tokens import ZaloTokens
from core.errors import UnauthenticatedError
from core.notifications.ports import RetryLater
from core.values.clock import Clock
from core.vault.keyring import Keyring, SchoolKeys, SealedDataError

log = structlog.get_logger(__name__)
PATH = "/webhooks/zalo/signed-in"
VALID_FOR = timedelta(minutes=15)
_STATE = "zalo.sign_in"


@dataclass(frozen=True, slots=True)
class ZaloSignIn:
    """Signs one official account in."""

    tokens: ZaloTokens
    keyring: Keyring
    clock: Clock
    redirect_uri: str
    oa_id: str = ""

    def address(self) -> str:
        """Where the administrator of the account gives permission; good for 15 minutes."""
        verifier = secrets.token_urlsafe(32)
        until = int((self.clock.now() + VALID_FOR).timestamp())
        sealed = self._keys().seal(orjson.dumps([verifier, until]).decode(), _STATE)
        given = {
            "app_id": self.tokens.app_id,
            "redirect_uri": self.redirect_uri,
            "code_challenge": challenge_of(verifier),
            "state": base64.urlsafe_b64encode(sealed).decode().rstrip("="),
        }
        return f"{self.tokens.oauth}/v4/oa/permission?{urlencode(given)}"

    async def signed_in(self, request: web.Request) -> web.Response:
        """GET /webhooks/zalo/signed-in?code&oa_id&state: where Zalo sends the administrator back.

        Raises:
            UnauthenticatedError: when we did not begin this sign-in, it is over, or it is another account.
        """
        verifier = self._verifier(request.query.get("state", ""))
        code, account = request.query.get("code", ""), request.query.get("oa_id", "")
        if not verifier or not code or (self.oa_id and account != self.oa_id):
            raise UnauthenticatedError
        try:
            await self.tokens.begin(code, verifier)
        except RetryLater as error:
            log.warning("zalo_sign_in_failed", reason=error.reason)
            return web.Response(text=say("zalo.sign_in_failed", {}), status=502)
        log.info("zalo_signed_in")
        return web.Response(text=say("zalo.signed_in", {}))

    def _verifier(self, state: str) -> str:
        """The verifier in a state that is ours and not over; else nothing."""
        try:
            sealed = base64.urlsafe_b64decode(state + "=" * (-len(state) % 4))
            verifier, until = orjson.loads(self._keys().open(sealed, _STATE))
        except (binascii.Error, ValueError, SealedDataError):
            return ""
        return str(verifier) if self.clock.now().timestamp() < until else ""

    def _keys(self) -> SchoolKeys:
        return self.keyring.for_school(self.tokens.school_id)


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, 4.2).

    >>> challenge_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'
    """
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
