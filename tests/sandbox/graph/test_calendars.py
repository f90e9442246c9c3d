"""Permissions on calendars: one an address, the organisation's own stays, roles are Graph's."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from triage.sandbox.records import Json


def granted(role: str = "read", address: str = "a@harborline.example") -> Json:
    return {"emailAddress": {"address": address, "name": "A"}, "role": role, "isInsideOrganization": True}


@pytest.fixture
def path(person: Callable[..., Json]) -> str:
    return f"/users/{person()['id']}/calendar/calendarPermissions"


async def test_a_permission_is_given_changed_and_taken(graph: httpx.AsyncClient, path: str) -> None:
    made = await graph.post(path, json=granted())
    one = f"{path}/{made.json()['id']}"
    changed = await graph.patch(one, json={"role": "write"})
    gone = [(await graph.delete(one)).status_code for _ in range(2)]
    assert (made.status_code, changed.json()["role"], gone) == (201, "write", [204, 404])


async def test_an_address_has_one_permission(graph: httpx.AsyncClient, path: str) -> None:
    await graph.post(path, json=granted())
    again = await graph.post(path, json=granted(address="A@Harborline.example"))
    assert again.status_code == 409


async def test_what_the_organisation_sees_cannot_be_removed(graph: httpx.AsyncClient, path: str) -> None:
    (own,) = (await graph.get(path)).json()["value"]
    assert (await graph.delete(f"{path}/{own['id']}")).status_code == 400


async def test_a_role_there_is_not_is_a_bad_request(graph: httpx.AsyncClient, path: str) -> None:
    assert (await graph.post(path, json=granted("owner"))).status_code == 400
