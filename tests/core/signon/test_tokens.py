"""Which tokens of a provider are believed: every property of a forged, old or foreign one is refused."""

from __future__ import annotations

import hmac
from base64 import urlsafe_b64encode
from datetime import timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from core.signon.domain import (
    Secrets,
    SignOnPersonError,
    SignOnTokenError,
)
from core.signon.provider import Provider
from core.values.clock import FixedClock
from tests.core.signon.conftest import (
    REDIRECT,
    Phone,
    a_code,
    settings_for,
)
from tests.support import oidc


async def a_token(rp: Provider, phone: Phone, secrets: Secrets) -> str:
    """A genuine ID token of the provider."""
    code = await a_code(rp, phone, secrets)
    return str((await rp._redeem(await rp._endpoints(), code, secrets))["id_token"])


async def refusal(rp: Provider, token: str, nonce: str) -> str:
    with pytest.raises(SignOnTokenError) as refused:
        await rp.checked(token, nonce)
    return str(refused.value.params["reason"])


async def test_a_token_for_another_client_is_refused(
    op: oidc.TestProvider, phone: Phone, now: FixedClock
) -> None:
    secrets = Secrets.fresh()
    another = Provider(settings_for(op.issuer, client_id="another"), now, REDIRECT)
    token = await a_token(another, phone, secrets)
    assert await another.checked(token, secrets.nonce)
    assert await refusal(Provider(settings_for(op.issuer), now, REDIRECT), token, secrets.nonce) == "aud"


async def test_a_token_of_another_issuer_is_refused(rp: Provider, phone: Phone, now: FixedClock) -> None:
    secrets = Secrets.fresh()
    token, told = await a_token(rp, phone, secrets), await rp._endpoints()
    settings = settings_for(
        "https://elsewhere.example",
        authorization_url=told.authorization,
        token_url=told.token,
        keys_url=told.keys,
    )
    assert await refusal(Provider(settings, now, REDIRECT), token, secrets.nonce) == "iss"


async def test_a_discovery_document_of_another_issuer_is_refused(
    op: oidc.TestProvider, now: FixedClock
) -> None:
    mixed = Provider(settings_for(op.issuer.replace("127.0.0.1", "localhost")), now, REDIRECT)
    with pytest.raises(SignOnTokenError):
        await mixed.authorization_url(Secrets.fresh())


@pytest.mark.parametrize(
    ("step", "reason"),
    [(timedelta(hours=1, minutes=2), "exp"), (timedelta(minutes=12), "iat"), (-timedelta(minutes=2), "iat")],
)
async def test_an_old_token_and_one_of_the_future_are_refused(
    rp: Provider, phone: Phone, now: FixedClock, step: timedelta, reason: str
) -> None:
    secrets = Secrets.fresh()
    token = await a_token(rp, phone, secrets)
    now.advance(step)
    assert await refusal(rp, token, secrets.nonce) == reason


@pytest.mark.parametrize("skew", [-timedelta(seconds=45), timedelta(seconds=45)])
async def test_clocks_may_differ_by_less_than_a_minute(
    rp: Provider, phone: Phone, now: FixedClock, skew: timedelta
) -> None:
    secrets = Secrets.fresh()
    token = await a_token(rp, phone, secrets)
    now.advance(skew)
    assert (await rp.checked(token, secrets.nonce))["sub"] == "mai"


async def test_forged_tokens_are_refused(rp: Provider, phone: Phone) -> None:
    secrets = Secrets.fresh()
    genuine = await a_token(rp, phone, secrets)
    claims, header = jwt.decode(genuine, await rp._keys(fresh=False)).claims, {"kid": "a"}
    head, body, signature = genuine.split(".")
    public = (await rp._keys(fresh=False)).keys[0].as_pem(private=False)
    none = ".".join((urlsafe_b64encode(b'{"alg":"none","kid":"a"}').rstrip(b"=").decode(), body, ""))
    confused = ".".join((urlsafe_b64encode(b'{"alg":"HS256","kid":"a"}').rstrip(b"=").decode(), body))
    mac = urlsafe_b64encode(hmac.digest(public, confused.encode(), "sha256")).rstrip(b"=").decode()
    shared = f"{confused}.{mac}"
    own = jwt.encode({"alg": "RS256"} | header, claims, RSAKey.generate_key(2048))
    altered = ".".join((head, body, signature[:-6] + ("A" * 6)))
    assert await refusal(rp, none, secrets.nonce) == "alg"
    assert await refusal(rp, shared, secrets.nonce) == "alg"
    assert await refusal(rp, own, secrets.nonce) == "signature"
    assert await refusal(rp, altered, secrets.nonce) == "signature"
    for rubbish in ("", "a.b", "a.b.c", "é.é.é", genuine + ".x"):
        assert await refusal(rp, rubbish, secrets.nonce) == "form"


async def test_new_keys_of_the_provider_are_found_and_unknown_ones_do_not_flood_it(
    rp: Provider, phone: Phone, op: oidc.TestProvider, now: FixedClock
) -> None:
    secrets = Secrets.fresh()
    await rp.person(await a_code(rp, phone, secrets), secrets)
    op.tell("face rotated")
    token = await a_token(rp, phone, secrets)
    assert await refusal(rp, token, secrets.nonce) == "kid"  # asked a moment ago: not again yet
    now.advance(timedelta(seconds=31))
    assert (await rp.checked(token, secrets.nonce))["sub"] == "mai"


async def test_an_account_below_the_level_asked_for_is_refused(
    op: oidc.TestProvider, phone: Phone, now: FixedClock
) -> None:
    picky = Provider(settings_for(op.issuer, required_claims={"LoaiTaiKhoan": ("2",)}), now, REDIRECT)
    secrets = Secrets.fresh()
    with pytest.raises(SignOnPersonError):
        await picky.person(await a_code(picky, phone, secrets), secrets)


def test_the_claims_of_the_provider_can_be_called_anything() -> None:
    settings = settings_for("https://x.example", claims={"citizen_id": "pid", "full_name": "name"})
    assert settings.claims["citizen_id"] == "pid"


@pytest.mark.parametrize("algorithms", [("none",), ("HS256",), ("RS256", "HS512"), ()])
def test_shared_secrets_are_no_signature_algorithm(algorithms: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="asymmetric"):
        settings_for("https://x.example", algorithms=algorithms)
