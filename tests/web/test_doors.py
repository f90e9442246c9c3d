"""Real tokens and real sign-ins, by the make-believe Entra: what is checked of them."""

from __future__ import annotations

import ssl
from collections.abc import Awaitable, Callable

import httpx
import pytest

from tests.house import House
from tests.lab import ELENA
from triage.sandbox.endpoints import script_settings
from triage.sandbox.registrations import api_audience
from triage.sandbox.tenant import user_by_key
from triage.sandbox.tokens import SignIn, id_token, user_token
from triage.web.app import web_app

ORIGIN = "http://127.0.0.1:8080"
Entra = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def entra(house: House) -> Entra:
    """Send a form to the sandbox's Entra."""
    context = ssl.create_default_context(cafile=str(house.sandbox.endpoints.ca_file))

    async def post(url: str, **form: str) -> httpx.Response:
        async with httpx.AsyncClient(verify=context) as client:
            return await client.post(url, data=form)

    return post


def ours(house: House) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(web_app(house.services))
    return httpx.AsyncClient(transport=transport, base_url=ORIGIN)


async def test_a_script_with_a_token_of_the_tenant_brings_tickets_and_reads_none(
    house: House, entra: Entra
) -> None:
    script = script_settings(house.sandbox.apps.tenant, house.sandbox.endpoints)
    answer = await entra(
        f"{script['authority']}/oauth2/v2.0/token",
        grant_type="client_credentials",
        client_id=script["client_id"],
        client_secret=script["client_secret"],
        scope=script["scope"],
    )
    token = answer.json()["access_token"]
    async with ours(house) as client:
        client.headers["Authorization"] = f"Bearer {token}"
        taken = await client.post("/api/v1/tickets?wait=20", json={"source": "x", "sys_id": "1"})
        assert taken.status_code == 200, taken.text
        assert taken.json()["decision"]["verdict"] == "handover"
        assert (await client.get(taken.headers["location"])).status_code == 403
        head, body, signature = token.split(".")
        for forged in (f"{head}.{body}.{signature[:-4]}AAAA", f"{head}.{body}.", "x"):
            client.headers["Authorization"] = f"Bearer {forged}"
            assert (await client.get("/api/v1/reviews")).status_code == 401


async def test_a_token_that_tells_who_signed_in_is_no_key_to_the_api(house: House) -> None:
    issuer, person = house.sandbox.apps.issuer, user_by_key(house.sandbox.apps.tenant, ELENA)  # no role
    assert person is not None
    sign_in = SignIn(api_audience(issuer.tenant), "", person["id"], "openid", None, None, 0.0)
    async with ours(house) as client:
        for token, status in ((user_token(issuer, sign_in), 403), (id_token(issuer, sign_in), 401)):
            client.headers["Authorization"] = f"Bearer {token}"
            assert (await client.get("/api/v1/reviews")).status_code == status


async def test_a_person_signs_in_once_per_attempt_and_is_who_entra_says(house: House, entra: Entra) -> None:
    person = user_by_key(house.sandbox.apps.tenant, ELENA)
    assert person is not None
    async with ours(house) as client, ours(house) as other:
        started = await client.get("/sign-in/start", params={"back": "/activity"})
        assert "prompt=login" in started.headers["location"]
        chosen = await entra(started.headers["location"], person=person["id"])
        stolen = await other.get(chosen.headers["location"])
        assert (stolen.status_code, "location" in stolen.headers) == (401, False)
        landed = await client.get(chosen.headers["location"])
        assert (landed.status_code, landed.headers["location"]) == (303, "/activity")
        again = await client.get(chosen.headers["location"])
        assert (again.status_code, "Sign in again" in again.text) == (401, True)
        page = await client.get("/secrets/00000000-0000-0000-0000-000000000000")
        assert person["displayName"] in page.text
        assert (await client.get("/activity")).status_code == 403
