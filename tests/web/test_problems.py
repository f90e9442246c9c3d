"""Every error has one status and one shape, and repeats nothing that was sent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions.errors import OutsideError, Throttled, Unreachable
from models.errors import NoModel
from tests.web.conftest import Desk, same_problem
from triage import errors
from triage.audit.anchors import NotDeposited
from triage.errors import TriageError
from triage.web.callers import Role
from triage.web.errors import problem_of

STATUS: dict[Any, int] = {
    errors.BadInput: 422,
    errors.NotConfigured: 503,
    errors.Unknown: 404,
    errors.AlreadyDecided: 409,
    errors.PlanChanged: 409,
    errors.NotSignedIn: 401,
    errors.NotAllowed: 403,
    errors.Halted: 503,
    errors.Overtaken: 500,
    errors.Broken: 500,
    NotDeposited: 502,
    NoModel: 503,
    Unreachable: 502,
    OutsideError: 502,
}


def test_the_table_names_every_error_of_ours() -> None:
    assert set(errors.TriageError.__subclasses__()) <= set(STATUS)


@pytest.mark.parametrize(("kind", "status"), STATUS.items(), ids=lambda one: getattr(one, "__name__", one))
async def test_an_error_of_a_route_is_answered_in_its_shape(
    desk: Desk, kind: type[TriageError], status: int
) -> None:
    @desk.app.get("/api/v1/fails")
    async def fails() -> None:
        raise kind("it is so", hint="do this")

    answer = await (await desk.client()).get("/api/v1/fails")
    same_problem(answer, status)
    assert answer.json()["hint"] == ("do this" if status != 500 else "")


async def test_a_throttled_answer_says_when_to_come_back(desk: Desk) -> None:
    @desk.app.get("/api/v1/slow")
    async def slow() -> None:
        raise Throttled("Graph asks to wait", retry_at=datetime.now(UTC) + timedelta(seconds=30))

    answer = await (await desk.client()).get("/api/v1/slow")
    same_problem(answer, 503)
    assert 25 <= int(answer.headers["retry-after"]) <= 30


async def test_malformed_input_is_named_and_not_repeated(desk: Desk) -> None:
    client = await desk.token(Role.INTAKE)
    answer = await client.post("/api/v1/tickets", json={"source": "a b <script>", "sys_id": "1"})
    same_problem(answer, 422)
    assert "source" in answer.json()["subject"]
    assert "script" not in answer.text


async def test_an_unknown_address_is_a_problem_for_scripts_and_a_page_for_people(desk: Desk) -> None:
    client = await desk.client()
    same_problem(await client.get("/api/v1/nothing"), 404)
    page = await client.get("/nothing")
    assert page.status_code == 404
    assert page.headers["content-type"].startswith("text/html")


def test_nothing_unforeseen_is_told() -> None:
    assert "secret" not in problem_of(RuntimeError("a secret")).detail
