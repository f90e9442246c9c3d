"""Sign-in methods: the default one goes last, the password never, an administrator's not by an app."""

from __future__ import annotations

from collections.abc import Callable

import httpx

from triage.sandbox.apps import Apps
from triage.sandbox.factors import PASSWORD_METHOD
from triage.sandbox.records import Json
from triage.sandbox.tenant import roles_of


def one(user: Json, kind: str) -> str:
    """Return the path of the person's method of this kind."""
    wanted = f"#microsoft.graph.{kind}AuthenticationMethod"
    method = next(m for m in user["authenticationMethods"] if m["@odata.type"] == wanted)
    return f"/users/{user['id']}/authentication/{kind}Methods/{method['id']}"


async def test_the_default_method_goes_last(graph: httpx.AsyncClient, person: Callable[..., Json]) -> None:
    user = person()
    del user["authenticationMethods"][3:]
    phone, app = one(user, "phone"), one(user, "microsoftAuthenticator")
    answers = [(await graph.delete(path)).status_code for path in (phone, app, phone, phone)]
    assert answers == [400, 204, 204, 404]


async def test_the_password_stays(graph: httpx.AsyncClient, person: Callable[..., Json]) -> None:
    user = person()
    for collection in ("phoneMethods", "passwordMethods"):
        path = f"/users/{user['id']}/authentication/{collection}/{PASSWORD_METHOD}"
        assert (await graph.delete(path)).status_code in (400, 404)
    listed = (await graph.get(f"/users/{user['id']}/authentication/methods")).json()["value"]
    assert PASSWORD_METHOD in {method["id"] for method in listed}


async def test_an_administrators_method_is_out_of_reach(company: Apps, graph: httpx.AsyncClient) -> None:
    admins = (
        u
        for u in company.tenant.users.values()
        if "Global Administrator" in roles_of(company.tenant, u["id"])
    )
    assert (await graph.delete(one(next(admins), "phone"))).status_code == 403
