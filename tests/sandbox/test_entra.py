"""The token endpoint answers as Entra documents: what is granted, what is refused and with which number."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest

from triage.sandbox import tokens
from triage.sandbox.apps import Apps, apps, service_token
from triage.sandbox.records import AppRegistration, Json
from triage.sandbox.registrations import GRAPH, add_secret, api_audience, credentials
from triage.sandbox.tokens import SignIn

SCOPE = f"{GRAPH}/.default"


@pytest.fixture
async def entra(company: Apps) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(company.entra)
    async with httpx.AsyncClient(transport=transport, base_url="https://entra.sandbox.invalid") as client:
        yield client


@pytest.fixture
def ask(company: Apps, entra: httpx.AsyncClient) -> Callable[..., Any]:
    """Ask for a token of our service, with some form fields changed (None: left out)."""
    made = credentials(company.tenant, "service")

    async def post(tenant: str = "", **changes: str | None) -> httpx.Response:
        form = {
            "client_id": made.client_id,
            "client_secret": made.secret,
            "grant_type": "client_credentials",
            "scope": SCOPE,
        }
        sent = {name: value for name, value in (form | changes).items() if value is not None}
        return await entra.post(f"/{tenant or company.tenant.id}/oauth2/v2.0/token", data=sent)

    return post


def claims_of(token: str) -> Json:
    claims: Json = jwt.decode(token, options={"verify_signature": False})
    return claims


async def test_discovery_names_endpoints_that_answer(company: Apps, entra: httpx.AsyncClient) -> None:
    found = (await entra.get(f"/{company.tenant.id}/v2.0/.well-known/openid-configuration")).json()
    keys = (await entra.get(found["jwks_uri"])).json()["keys"]
    assert found["issuer"] == f"https://entra.sandbox.invalid/{company.tenant.id}/v2.0"
    assert found["authorization_endpoint"].startswith("http://browser.sandbox.invalid/")
    assert [key["kty"] for key in keys] == ["RSA"]
    assert "d" not in keys[0], "the private key stays private"


async def test_a_token_carries_the_granted_roles_and_verifies_by_the_published_key(
    company: Apps, entra: httpx.AsyncClient, ask: Callable[..., Any], service: AppRegistration
) -> None:
    body = (await ask()).json()
    keys = (await entra.get(f"/{company.tenant.id}/discovery/v2.0/keys")).json()["keys"]
    header = jwt.get_unverified_header(body["access_token"])
    key = next(k for k in keys if k["kid"] == header["kid"])
    options: Any = {"verify_exp": False, "verify_nbf": False, "verify_iat": False}
    claims = jwt.decode(body["access_token"], jwt.PyJWK(key), audience=GRAPH, options=options)
    assert set(claims["roles"]) == service.granted[GRAPH]
    assert claims["appid"] == service.client_id
    assert claims["oid"] == service.principal_id
    assert claims["tid"] == company.tenant.id
    assert claims["exp"] - claims["iat"] == body["expires_in"]
    assert "refresh_token" not in body


async def test_without_consent_the_token_has_no_roles_but_is_given(
    ask: Callable[..., Any], service: AppRegistration
) -> None:
    service.granted.clear()
    answer = await ask()
    assert answer.status_code == 200
    assert "roles" not in claims_of(answer.json()["access_token"])


async def test_a_script_gets_a_token_for_our_own_api_with_its_role(
    company: Apps, ask: Callable[..., Any]
) -> None:
    made = credentials(company.tenant, "script")
    scope = f"{api_audience(company.tenant)}/.default"
    answer = await ask(client_id=made.client_id, client_secret=made.secret, scope=scope)
    claims = claims_of(answer.json()["access_token"])
    assert claims["aud"] == credentials(company.tenant, "service").client_id
    assert claims["roles"] == ["intake"]
    assert claims["azp"] == made.client_id
    assert claims["iss"] == tokens.authority(company.issuer)


@pytest.mark.parametrize(
    ("changes", "status", "error", "number"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client", 7000215),
        ({"client_secret": None}, 401, "invalid_client", 7000216),
        ({"client_id": "11111111-1111-1111-1111-111111111111"}, 400, "unauthorized_client", 700016),
        ({"scope": "https://graph.microsoft.com/User.Read.All"}, 400, "invalid_scope", 1002012),
        ({"scope": "https://nowhere.example/.default"}, 400, "invalid_resource", 500011),
        ({"grant_type": "password"}, 400, "unsupported_grant_type", 70003),
        ({"tenant": "99999999-9999-9999-9999-999999999999"}, 400, "invalid_request", 90002),
        ({"tenant": "common"}, 400, "invalid_request", 9001023),
    ],
)
async def test_a_refusal_has_the_documented_status_error_and_number(
    ask: Callable[..., Any], changes: dict[str, str | None], status: int, error: str, number: int
) -> None:
    answer = await ask(**changes)
    body = answer.json()
    assert (answer.status_code, body["error"], body["error_codes"]) == (status, error, [number])
    assert body["error_description"].startswith(f"AADSTS{number}: ")
    assert {"timestamp", "trace_id", "correlation_id", "error_uri"} <= body.keys()


async def test_a_refusal_does_not_repeat_the_secret(ask: Callable[..., Any]) -> None:
    assert "hunter2-canary" not in (await ask(client_secret="hunter2-canary")).text


async def test_an_expired_secret_is_told_from_a_wrong_one(
    clock: Any, ask: Callable[..., Any], service: AppRegistration
) -> None:
    service.secrets[0].end = clock() + timedelta(seconds=30)
    assert (await ask()).status_code == 200
    clock.forward(30)
    assert (await ask()).json()["error_codes"] == [7000222]


async def test_a_secret_that_is_not_replicated_yet_counts_as_wrong(
    clock: Any, company: Apps, ask: Callable[..., Any], service: AppRegistration
) -> None:
    begin = clock() + timedelta(minutes=2)
    add_secret(company.tenant, service, "new-one", name="next", start=begin, end=begin + timedelta(days=90))
    assert (await ask(client_secret="new-one")).json()["error_codes"] == [7000215]
    clock.forward(120)
    assert (await ask(client_secret="new-one")).status_code == 200


async def test_a_disabled_app_gets_nothing(ask: Callable[..., Any], service: AppRegistration) -> None:
    service.enabled = False
    assert (await ask()).json()["error_codes"] == [7000112]


async def test_a_code_is_good_once_and_only_with_its_verifier(
    company: Apps, ask: Callable[..., Any], person: Callable[..., Json]
) -> None:
    verifier = "v" * 43
    digest = hashlib.sha256(verifier.encode()).digest()
    sign_in = SignIn(
        client_id=credentials(company.tenant, "service").client_id,
        redirect_uri="http://127.0.0.1:8080/auth",
        user_id=person()["id"],
        scope="openid",
        nonce="n",
        challenge=base64.urlsafe_b64encode(digest).decode().rstrip("="),
        expires_at=company.tenant.clock().timestamp() + 60,
    )
    form = {"grant_type": "authorization_code", "redirect_uri": sign_in.redirect_uri}
    company.issuer.codes |= {"good": sign_in, "stolen": sign_in}
    stolen = await ask(**form, code="stolen", code_verifier="guess")
    first = await ask(**form, code="good", code_verifier=verifier)
    again = await ask(**form, code="good", code_verifier=verifier)
    assert (stolen.json()["error"], stolen.json()["error_codes"]) == ("invalid_grant", [501481])
    assert claims_of(first.json()["id_token"])["nonce"] == "n"
    assert again.json()["error"] == "invalid_grant"


def test_a_token_of_another_tenant_is_not_accepted(company: Apps, world: Json, clock: Any) -> None:
    other = world | {
        "organization": world["organization"] | {"tenantId": "0b1e6f0a-0000-4000-8000-000000000000"}
    }
    foreign = service_token(apps(other, clock), GRAPH)
    assert tokens.checked(company.issuer, f"Bearer {service_token(company, GRAPH)}", GRAPH)
    with pytest.raises(tokens.InvalidTokenError):
        tokens.checked(company.issuer, f"Bearer {foreign}", GRAPH)


@pytest.mark.parametrize(
    ("department", "title", "roles"),
    [
        ("IT Operations", "Head of IT Operations", ["admin", "approver"]),
        ("IT Operations", "Systems Engineer", ["approver"]),
        ("Legal", "Head of Legal", ["auditor"]),
        ("Finance", "AP Clerk", []),
    ],
)
def test_people_have_the_roles_of_their_post(
    company: Apps, department: str, title: str, roles: list[str]
) -> None:
    holders = [
        u for u in company.tenant.users.values() if (u["department"], u["jobTitle"]) == (department, title)
    ]
    assert holders
    assert all(company.tenant.api_roles[user["id"]] == roles for user in holders)
