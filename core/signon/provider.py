"""Talks OpenID Connect to the provider: authorization code with PKCE, signed ID token, its keys.

Called with no transaction open. Every answer is distrusted: issuer, audience, nonce, times, algorithm and
signature (OpenID Connect Core 1.0, 3.1.3.7). It keeps no token, and asks for no refresh token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlencode, urlsplit

import aiohttp
import orjson
import structlog
from joserfc import jws, jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import KeySet

from core.db.transaction import inside_transaction
from core.settings import SignOnSettings
from core.signon.claims import ClaimNames
from core.signon.domain import (
    Person,
    Secrets,
    SignOnDeniedError,
    SignOnTokenError,
    SignOnUnavailableError,
)
from core.values.clock import Clock

log = structlog.get_logger(__name__)
_MOST_BYTES = 256 * 1024
_KEYS_LIFE_SECONDS = 3600
_KEYS_PAUSE_SECONDS = 30
"""An unknown key id makes us ask again, but not more often than this: anybody can invent key ids."""


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where the provider answers."""

    authorization: str
    token: str
    keys: str
    user_info: str = ""


@dataclass(slots=True)
class _Known:
    """What was learned from the provider, and when."""

    endpoints: Endpoints | None = None
    keys: KeySet | None = None
    keys_at: float = 0.0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(frozen=True, slots=True)
class Provider:
    """One OpenID provider (nhà cung cấp định danh)."""

    settings: SignOnSettings = field(repr=False)
    clock: Clock
    redirect_uri: str
    _known: _Known = field(default_factory=_Known, repr=False)

    async def authorization_url(self, secrets: Secrets) -> str:
        """Where to send the browser.

        Raises:
            SignOnUnavailableError: when the provider's addresses cannot be learned.
        """
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self.settings.scope,
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": secrets.challenge,
            "code_challenge_method": "S256",
        }
        if self.settings.acr_values:
            asked["acr_values"] = self.settings.acr_values
        address = (await self._endpoints()).authorization
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def person(self, code: str, secrets: Secrets) -> Person:
        """Redeem a code and say who it is.

        Raises:
            SignOnDeniedError: the provider takes the code not or not again.
            SignOnTokenError: the token proves nothing.
            SignOnPersonError: it names nobody.
            SignOnUnavailableError: no answer in time.
        """
        endpoints = await self._endpoints()
        answer = await self._redeem(endpoints, code, secrets)
        claims = await self.checked(str(answer.get("id_token", "")), secrets.nonce)
        names = ClaimNames(**self.settings.claims, required=self.settings.required_claims)
        if not names.complete(claims) and endpoints.user_info:
            claims = claims | await self._user_info(endpoints, str(answer.get("access_token", "")), claims)
        return names.person(claims)

    async def checked(self, id_token: str, nonce: str) -> dict[str, Any]:
        """The claims of an ID token that passes every check.

        Raises:
            SignOnTokenError: `reason` names the check.
        """
        token = await self._verified(id_token)
        settings, now = self.settings, int(self.clock.now().timestamp())
        registry = jwt.JWTClaimsRegistry(
            now=now,
            leeway=settings.leeway_seconds,
            iss={"essential": True, "value": settings.issuer},
            aud={"essential": True, "value": settings.client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            registry.validate(token.claims)
        except ExpiredTokenError:
            raise SignOnTokenError(reason="exp") from None
        except (InvalidClaimError, MissingClaimError) as error:
            raise SignOnTokenError(reason=error.claim) from None
        audience = token.claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and token.claims.get("azp") != settings.client_id:
            raise SignOnTokenError(reason="azp")
        if now - token.claims["iat"] > settings.oldest_token_seconds + settings.leeway_seconds:
            raise SignOnTokenError(reason="iat")
        return dict(token.claims)

    async def _verified(self, id_token: str) -> jwt.Token:
        """The token under a key of the provider; an unknown key is looked for once more."""
        try:
            header = jws.extract_compact(id_token.encode()).headers()
        except (JoseError, ValueError):
            raise SignOnTokenError(reason="form") from None
        if header.get("alg") not in self.settings.algorithms:
            raise SignOnTokenError(reason="alg")
        for fresh in (False, True):
            keys = await self._keys(fresh=fresh)
            if header.get("kid") in {key.kid for key in keys} or (
                len(keys.keys) == 1 and "kid" not in header
            ):
                break
        else:
            raise SignOnTokenError(reason="kid")
        try:
            return jwt.decode(id_token, keys, algorithms=list(self.settings.algorithms))
        except (JoseError, ValueError):
            raise SignOnTokenError(reason="signature") from None

    async def _endpoints(self) -> Endpoints:
        """As set, or as the provider's discovery document says (OpenID Connect Discovery 1.0, 4)."""
        settings = self.settings
        if settings.authorization_url and settings.token_url and settings.keys_url:
            return Endpoints(
                settings.authorization_url, settings.token_url, settings.keys_url, settings.user_info_url
            )
        async with self._known.lock:
            if self._known.endpoints is None:
                told = await self._get(settings.issuer.rstrip("/") + "/.well-known/openid-configuration")
                if told.get("issuer") != settings.issuer:
                    raise SignOnTokenError(reason="iss")
                self._known.endpoints = Endpoints(
                    _address(told, "authorization_endpoint"),
                    _address(told, "token_endpoint"),
                    _address(told, "jwks_uri"),
                    str(told.get("userinfo_endpoint", "")),
                )
            return self._known.endpoints

    async def _keys(self, *, fresh: bool) -> KeySet:
        endpoints, known = await self._endpoints(), self._known
        async with known.lock:
            age = self.clock.now().timestamp() - known.keys_at
            stale = known.keys is None or age > _KEYS_LIFE_SECONDS or (fresh and age >= _KEYS_PAUSE_SECONDS)
            if known.keys is None or stale:
                told = await self._get(endpoints.keys)
                try:
                    known.keys = KeySet.import_key_set({"keys": told["keys"]})
                except (JoseError, ValueError, KeyError, TypeError):
                    raise SignOnTokenError(reason="keys") from None
                known.keys_at = self.clock.now().timestamp()
            return known.keys

    async def _redeem(self, endpoints: Endpoints, code: str, secrets: Secrets) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "client_id": self.settings.client_id,
            "code_verifier": secrets.verifier,
        }
        secret, headers = self.settings.client_secret.get_secret_value(), {}
        if secret and self.settings.secret_in_body:
            form["client_secret"] = secret
        elif secret:
            # Form-encoded first (RFC 6749, 2.3.1), so that any secret survives.
            basic = aiohttp.encode_basic_auth(quote_plus(self.settings.client_id), quote_plus(secret))
            headers = {"Authorization": basic}
        return await self._ask("POST", endpoints.token, data=form, headers=headers)

    async def _user_info(
        self, endpoints: Endpoints, access_token: str, claims: Mapping[str, Any]
    ) -> dict[str, Any]:
        """More claims about the same subject (OpenID Connect Core 1.0, 5.3.2)."""
        headers = {"Authorization": f"Bearer {access_token}"}
        told = await self._ask("GET", endpoints.user_info, headers=headers)
        if told.get("sub") != claims["sub"]:
            raise SignOnTokenError(reason="sub")
        return told

    async def _get(self, address: str) -> dict[str, Any]:
        return await self._ask("GET", address)

    async def _ask(self, method: str, address: str, **options: Any) -> dict[str, Any]:
        """One request, with a limit on time and size; no redirects, nothing of it in the log but the status."""
        assert not inside_transaction(), "the provider is asked with no transaction open"
        if urlsplit(address).scheme != "https" and urlsplit(address).hostname not in {
            "127.0.0.1",
            "localhost",
        }:
            raise SignOnTokenError(reason="address")
        timeout = aiohttp.ClientTimeout(total=self.settings.timeout_seconds)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as http,
                http.request(method, address, allow_redirects=False, **options) as response,
            ):
                body, status = await response.content.read(_MOST_BYTES), response.status
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            log.warning("sign_on_unavailable", error=type(error).__name__)
            raise SignOnUnavailableError from None
        return _read(status, body)


def _read(status: int, body: bytes) -> dict[str, Any]:
    if status >= 500 or status == 429:
        log.warning("sign_on_unavailable", status=status)
        raise SignOnUnavailableError
    try:
        told = orjson.loads(body)
    except ValueError:
        told = None
    if status >= 400:
        reason = str(told.get("error", ""))[:40] if isinstance(told, dict) else ""
        log.warning("sign_on_refused", status=status, reason=reason)
        raise SignOnDeniedError
    if status != 200 or not isinstance(told, dict):
        raise SignOnTokenError(reason="form")
    return told


def _address(told: Mapping[str, Any], name: str) -> str:
    if not isinstance(told.get(name), str):
        raise SignOnTokenError(reason=name)
    return str(told[name])
