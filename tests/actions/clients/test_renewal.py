"""A token that no longer serves is renewed once, and a 403 says what is missing."""

from __future__ import annotations

import base64

import httpx
import jwt
import pytest

from actions.clients.bearer import app_roles
from actions.clients.call import Call
from actions.errors import Forbidden
from tests.actions.clients.bench import Bench, Tokens, bench

GET = Call(method="GET", path="/users", permission="User.Read.All")
OK = httpx.Response(200, json={})
DENIED = httpx.Response(403, json={"error": {"code": "Authorization_RequestDenied"}})


def token(*roles: str) -> str:
    return jwt.encode({"roles": roles}, "k" * 32, algorithm="HS256")


def answers(at: Bench, *steps: httpx.Response) -> None:
    at.router.route().side_effect = list(steps)


@pytest.fixture
def at() -> Bench:
    return bench()


async def test_an_expired_token_is_renewed_once(at: Bench) -> None:
    answers(at, httpx.Response(401), OK)
    tokens = Tokens(["old", "new"])
    await at.api(tokens).send(GET)
    assert at.router.calls.last.request.headers["authorization"] == "Bearer new"


async def test_a_second_401_is_final(at: Bench) -> None:
    answers(at, httpx.Response(401), httpx.Response(401), OK)
    with pytest.raises(Forbidden):
        await at.api(Tokens(["old", "new"])).send(GET)
    assert at.router.calls.call_count == 2


async def test_a_claims_challenge_is_passed_on(at: Bench) -> None:
    claims = base64.b64encode(b'{"access_token":{}}').decode()
    answers(at, httpx.Response(401, headers={"WWW-Authenticate": f'Bearer claims="{claims}"'}), OK)
    tokens = Tokens(["old", "new"])
    await at.api(tokens).send(GET)
    assert [claims for _, claims in tokens.asked] == ["", '{"access_token":{}}']
    assert tokens.forgotten == []


async def test_consent_given_meanwhile_is_noticed(at: Bench) -> None:
    answers(at, DENIED, OK)
    await at.api(Tokens([token(), token("User.Read.All")])).send(GET)
    assert at.router.calls.call_count == 2


async def test_a_403_for_lack_of_consent_names_the_permission(at: Bench) -> None:
    answers(at, DENIED)
    with pytest.raises(Forbidden) as refused:
        await at.api(Tokens([token("Mail.Send")])).send(GET)
    assert refused.value.hint == "Grant User.Read.All."


@pytest.mark.parametrize("role", ["User.Read.All", "User.ReadWrite.All"])
async def test_a_403_in_spite_of_consent_says_that_the_target_is_protected(at: Bench, role: str) -> None:
    answers(at, DENIED)
    tokens = Tokens([token(role), token(role)])
    with pytest.raises(Forbidden) as refused:
        await at.api(tokens).send(GET)
    assert "protected" in refused.value.hint
    assert tokens.forgotten == []


@pytest.mark.parametrize("opaque", ["", "opaque", "a.b.c", "a.W10.c", "a.eyJyb2xlcyI6IDF9.c"])
def test_a_token_that_cannot_be_read_tells_nothing(opaque: str) -> None:
    assert app_roles(opaque) is None
