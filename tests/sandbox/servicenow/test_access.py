"""Who gets in: tokens, Basic for web-service accounts, API keys, roles."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from tests.sandbox.servicenow.company import Harborline
from triage.sandbox import servicenow
from triage.sandbox.servicenow.instance import INTEGRATION_USER, Account

INCIDENTS = "/api/now/table/incident"


async def token(stranger: httpx.AsyncClient, company: Harborline, **changed: str) -> httpx.Response:
    known = servicenow.credentials(company.tenant)
    form = {
        "grant_type": "client_credentials",
        "client_id": known.client_id,
        "client_secret": known.client_secret,
    }
    return await stranger.post("/oauth_token.do", data=form | changed)


def replace_account(company: Harborline, change: Callable[[Account], Account]) -> None:
    accounts = company.instance.accounts
    accounts[INTEGRATION_USER] = change(accounts[INTEGRATION_USER])


async def test_client_credentials_give_a_bearer_token_that_runs_out(
    company: Harborline, stranger: httpx.AsyncClient
) -> None:
    answer = await token(stranger, company)
    body = answer.json()
    assert answer.status_code == 200
    assert (body["token_type"], body["expires_in"]) == ("Bearer", 1799)
    assert "refresh_token" not in body
    bearer = {"Authorization": f"Bearer {body['access_token']}"}
    assert (await stranger.get(INCIDENTS, headers=bearer)).status_code == 200
    company.clock.forward(1799)
    assert (await stranger.get(INCIDENTS, headers=bearer)).status_code == 401


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"client_secret": "guess"}, "server_error"),
        ({"client_id": "guess"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
async def test_wrong_credentials_give_no_token(
    company: Harborline, stranger: httpx.AsyncClient, changed: dict[str, str], error: str
) -> None:
    answer = await token(stranger, company, **changed)
    assert (answer.status_code, answer.json()["error"]) == (401, error)
    assert company.instance.tokens == {}


async def test_the_api_key_stands_for_the_integration_user(
    company: Harborline, stranger: httpx.AsyncClient
) -> None:
    key = servicenow.credentials(company.tenant).api_key
    assert (await stranger.get(INCIDENTS, headers={"x-sn-apikey": key})).status_code == 200
    assert (await stranger.get(INCIDENTS, headers={"x-sn-apikey": key[:-1]})).status_code == 401


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic !!!", "Basic /w==", "Bearer x", "Digest x", "Basic eDp5"]
)
async def test_whatever_is_wrong_with_the_credentials_the_answer_is_the_same(
    stranger: httpx.AsyncClient, header: str
) -> None:
    answer = await stranger.get(INCIDENTS, headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].upper().startswith("BASIC")
    assert answer.json() == {
        "error": {"message": "User Not Authenticated", "detail": "Required to provide Auth information"},
        "status": "failure",
    }


async def test_basic_is_refused_to_an_interactive_account(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    assert (await client.get(INCIDENTS)).status_code == 200
    replace_account(company, lambda account: replace(account, web_service_only=False))
    assert (await client.get(INCIDENTS)).status_code == 401


async def test_a_locked_account_is_out_whatever_it_shows(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    bearer = {"Authorization": f"Bearer {(await token(client, company)).json()['access_token']}"}
    replace_account(company, lambda account: replace(account, locked_out=True))
    assert (await client.get(INCIDENTS)).status_code == 401
    assert (await client.get(INCIDENTS, headers=bearer)).status_code == 401


async def test_without_the_role_records_are_refused_but_names_are_not(
    company: Harborline, client: httpx.AsyncClient
) -> None:
    replace_account(
        company, lambda account: replace(account, roles=frozenset({"snc_platform_rest_api_access"}))
    )
    answer = await client.get(INCIDENTS)
    assert answer.status_code == 403
    assert answer.json()["error"] == {"message": "Insufficient rights to query records", "detail": None}
    assert (await client.get("/api/now/table/sys_user?sysparm_limit=1")).status_code == 200
    opened = await client.post(INCIDENTS, json={"short_description": "x"})
    assert opened.json()["error"]["detail"] == "ACL Exception Insert Failed due to security constraints"


async def test_credentials_do_not_show_when_they_are_printed(company: Harborline) -> None:
    known = servicenow.credentials(company.tenant)
    shown = f"{known!r} {company.instance.accounts!r}"
    assert not any(secret in shown for secret in (known.client_secret, known.password, known.api_key))


async def test_an_unknown_address_is_answered_in_the_same_shape(client: httpx.AsyncClient) -> None:
    answer = await client.get("/api/now/nothing")
    assert (answer.status_code, answer.json()["status"]) == (400, "failure")
