"""Who may call what: one table for the API, one for the pages."""

from __future__ import annotations

import pytest

from tests.web.conftest import NOBODY, Desk, same_problem
from triage.web.callers import Role

V, P, A, U, I = Role.VIEWER, Role.APPROVER, Role.ADMIN, Role.AUDITOR, Role.INTAKE  # noqa: E741 - a table

API = {
    ("POST", "/classify"): {V, P, A, U, I},
    ("POST", "/tickets"): {I},
    ("GET", f"/tickets/{NOBODY}"): {V, P, A, U},
    ("GET", "/reviews"): {V, P, A, U},
    ("POST", f"/reviews/{NOBODY}/approve"): {P, A},
    ("POST", f"/reviews/{NOBODY}/reject"): {P, A},
    ("POST", f"/reviews/{NOBODY}/correct"): {P, A},
    ("POST", f"/tickets/{NOBODY}/continue"): {P, A},
    ("POST", f"/tickets/{NOBODY}/undo"): {A},
    ("GET", "/runs"): {V, P, A, U},
    ("GET", f"/runs/{NOBODY}"): {V, P, A, U},
    ("POST", f"/runs/{NOBODY}/cancel"): {P, A},
    ("POST", f"/runs/{NOBODY}/undo"): {A},
    ("GET", "/breakers"): {V, P, A, U},
    ("POST", "/breakers/close"): {A},
    ("GET", "/audit"): {U},
    ("GET", "/models"): {V, P, A, U},
    ("POST", "/halt"): {A},
    ("POST", "/resume"): {A},
}
PAGES = {
    ("GET", "/"): {V, P, A, U},
    ("GET", "/activity"): {V, P, A, U},
    ("GET", f"/tickets/{NOBODY}"): {V, P, A, U},
    ("GET", "/switch"): {V, P, A, U},
    ("POST", f"/reviews/{NOBODY}/approve"): {P, A},
    ("POST", f"/reviews/{NOBODY}/reject"): {P, A},
    ("POST", f"/reviews/{NOBODY}/correct"): {P, A},
    ("POST", f"/runs/{NOBODY}/undo"): {A},
    ("POST", f"/runs/{NOBODY}/cancel"): {P, A},
    ("POST", f"/tickets/{NOBODY}/continue"): {P, A},
    ("POST", f"/tickets/{NOBODY}/undo"): {A},
    ("POST", "/switch/halt"): {A},
    ("POST", "/switch/resume"): {A},
}


def test_the_table_names_every_operation_of_the_api(desk: Desk) -> None:
    paths = desk.app.openapi()["paths"]
    found = {
        (method.upper(), path.removeprefix("/api/v1"))
        for path, operations in paths.items()
        for method in operations
        if path.startswith("/api/v1") and "webhooks" not in path
    }
    named = {(method, path.replace(NOBODY, "{}")) for method, path in API}
    ids = ("{ticket_id}", "{review_id}", "{run_id}")
    assert {(m, p.replace(i, "{}")) for m, p in found for i in ids if i in p or "{" not in p} == named


async def test_a_token_without_the_role_is_refused_and_one_with_it_is_not(desk: Desk) -> None:
    for role in Role:
        client = await desk.token(role)
        for (method, path), allowed in API.items():
            answer = await client.request(method, f"/api/v1{path}")
            if role in allowed:
                assert answer.status_code not in (401, 403), (role, method, path, answer.text)
            else:
                same_problem(answer, 403)


@pytest.mark.parametrize(("method", "path"), API)
async def test_without_a_token_everything_is_refused(desk: Desk, method: str, path: str) -> None:
    answer = await (await desk.client()).request(method, f"/api/v1{path}")
    same_problem(answer, 401)
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_page_is_for_those_with_the_role(desk: Desk) -> None:
    for role in Role:
        browser = await desk.browser(role)
        for (method, path), allowed in PAGES.items():
            status = (await browser.request(method, path)).status_code
            assert (status == 403) is (role not in allowed), (role, method, path, status)


async def test_a_person_without_any_role_sees_nothing_but_their_own_link(desk: Desk) -> None:
    browser = await desk.browser()
    assert {(await browser.request(method, path)).status_code for method, path in PAGES} == {403}
    assert (await browser.get(f"/secrets/{NOBODY}")).status_code == 200


async def test_nobody_sees_a_page_without_signing_in(desk: Desk) -> None:
    client = await desk.client()
    for method, path in PAGES:
        answer = await client.request(method, path)
        if method == "GET":
            assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?back={path}")
        else:
            assert answer.status_code == 401


async def test_a_session_ends(desk: Desk) -> None:
    browser = await desk.browser(Role.VIEWER)
    assert (await browser.get("/")).status_code == 200
    desk.lab.pass_time(desk.lab.services.settings.web.session)
    assert (await browser.get("/")).status_code == 303


async def test_health_needs_no_token(desk: Desk) -> None:
    client = await desk.client()
    assert (await client.get("/healthz")).json() == {"status": "ok"}
    assert (await client.get("/metrics")).status_code == 200
    assert (await client.get("/readyz")).json() == {
        "database": "ok",
        "model": "ok",
        "worker": "none is running: start `triage work`",
    }
