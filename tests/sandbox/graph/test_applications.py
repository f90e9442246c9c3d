"""App registrations: which credentials they have, and who may see them."""

from __future__ import annotations

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.founding import graph_time, service_desk
from triage.sandbox.records import AppRegistration
from triage.sandbox.registrations import GRAPH, credentials


def path(client_id: str) -> str:
    return f"/applications(appId='{client_id}')"


async def test_a_secret_is_told_by_its_beginning_and_end_and_never_by_its_value(
    company: Apps, graph: httpx.AsyncClient, service: AppRegistration
) -> None:
    told = (await graph.get(path(service.client_id))).json()["passwordCredentials"][0]
    value = credentials(company.tenant, "service").secret
    assert told["endDateTime"] == graph_time(service.secrets[0].end)
    assert (told["hint"], told["secretText"]) == (value[:3], None)


async def test_an_unknown_app_is_not_there(graph: httpx.AsyncClient) -> None:
    assert (await graph.get(path("00000000-0000-0000-0000-000000000000"))).status_code == 404


@pytest.mark.parametrize(("whose", "status"), [("service", 200), ("script", 403)])
async def test_the_right_to_own_objects_shows_the_own_one_only(
    company: Apps, graph: httpx.AsyncClient, service: AppRegistration, whose: str, status: int
) -> None:
    service.granted[GRAPH] = {"Application.ReadWrite.OwnedBy"}
    answer = await graph.get(path(credentials(company.tenant, whose).client_id))
    assert answer.status_code == status


async def test_behind_a_shared_mailbox_is_an_account_with_which_nobody_signs_in(
    company: Apps, graph: httpx.AsyncClient
) -> None:
    address = service_desk(company.tenant)
    found = await graph.get(f"/users/{address}", params={"$select": "id,mail,accountEnabled"})
    assert (found.json()["mail"], found.json()["accountEnabled"]) == (address, False)
