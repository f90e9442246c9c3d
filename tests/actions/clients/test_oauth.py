"""Tokens by client credentials: asked once per lifetime, by however many callers."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import httpx
import pytest
import respx
from pydantic import SecretStr

from actions.clients.oauth import OAuthTokens
from actions.errors import CredentialRefused, Unreachable
from tests.actions.stage import Time

URL = "https://servicenow.test/oauth_token.do"


@pytest.fixture
def time() -> Time:
    return Time()


def source(router: respx.MockRouter, time: Time) -> OAuthTokens:
    http = httpx.AsyncClient(transport=httpx.MockTransport(router.async_handler))
    return OAuthTokens("ServiceNow", URL, "id", SecretStr("canary"), http, time.clock)


def granting(*tokens: str) -> respx.MockRouter:
    router = respx.MockRouter()
    bodies = [{"access_token": token, "expires_in": 1799, "token_type": "Bearer"} for token in tokens]
    router.post(URL).side_effect = [httpx.Response(200, json=body) for body in bodies]
    return router


async def test_two_hundred_callers_cost_one_request(time: Time) -> None:
    async def slow(_request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return httpx.Response(200, json={"access_token": "one", "expires_in": 1799})

    router = respx.MockRouter()
    router.post(URL).side_effect = slow
    tokens = source(router, time)
    assert set(await asyncio.gather(*(tokens.token("") for _ in range(200)))) == {"one"}
    assert router.calls.call_count == 1


async def test_a_token_is_replaced_a_minute_before_it_ends(time: Time) -> None:
    tokens = source(granting("one", "two"), time)
    await tokens.token("")
    time.now += timedelta(seconds=1738)
    assert await tokens.token("") == "one"
    time.now += timedelta(seconds=1)
    assert await tokens.token("") == "two"


async def test_a_forgotten_token_and_a_claims_challenge_cost_a_request(time: Time) -> None:
    router = granting("one", "two", "three")
    tokens = source(router, time)
    await tokens.token("scope")
    await tokens.forget("scope")
    assert await tokens.token("scope") == "two"
    assert await tokens.token("scope", claims="{}") == "three"
    assert b"scope=scope" in router.calls.last.request.content
    assert b"claims=" in router.calls.last.request.content


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (httpx.Response(401, json={"error": "invalid_client"}), CredentialRefused),
        (httpx.Response(400, json={"error": "unauthorized_client"}), CredentialRefused),
        (
            httpx.Response(401, json={"error": "server_error", "error_description": "access_denied"}),
            CredentialRefused,
        ),
        (httpx.Response(503), Unreachable),
        (httpx.Response(429), Unreachable),
        (httpx.Response(200, html="<html>Hibernating</html>"), Unreachable),
        (httpx.Response(200, json={}), Unreachable),
        (httpx.Response(200, json=[]), Unreachable),
        (httpx.Response(200, content=b"{", headers={"Content-Type": "application/json"}), Unreachable),
        (httpx.ConnectError, Unreachable),
    ],
)
async def test_no_token_ends_in_one_of_our_errors_without_the_secret(
    answer: httpx.Response, kind: type[Exception], time: Time
) -> None:
    router = respx.MockRouter()
    router.post(URL).side_effect = [answer]
    tokens = source(router, time)
    with pytest.raises(kind) as refused:
        await tokens.token("")
    assert "canary" not in f"{refused.value!r} {vars(refused.value)} {tokens!r}"
