"""`triage breakers` at the shell: what is open, and whose agreement closes it, in the service's own words."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import respx
from httpx import Response
from typer.testing import CliRunner, Result

from triage.cli import build
from triage.errors import TriageError

API = "http://127.0.0.1:8080/api/v1"
OPEN = {"opened_at": "2026-11-24T09:00:00Z", "agreed": ["anna"]}
CLOSED: dict[str, object] = {"opened_at": None, "agreed": []}
REFUSED = {
    "type": "about:blank",
    "title": "Forbidden",
    "status": 403,
    "detail": "this needs the app role admin",
    "hint": "An administrator grants it in Entra.",
    "subject": "",
}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    monkeypatch.setenv("TRIAGE_TOKEN", "canary-token")
    with respx.MockRouter(base_url=API, assert_all_called=False) as router:
        router.get("/breakers").mock(Response(200, json={"assign_license": OPEN}))
        yield router


def call(*arguments: str) -> Result:
    arguments = ("breakers", *arguments)
    return CliRunner().invoke(build(list(arguments)), list(arguments))


def test_open_breakers_are_listed_with_how_many_agreed(service: respx.MockRouter) -> None:
    told = call("list")
    assert "assign_license" in told.output
    assert "1 open" in told.output
    assert json.loads(call("list", "--json", "-").stdout) == {"assign_license": OPEN}


@pytest.mark.parametrize(
    ("answer", "words"), [(OPEN, "one more person has to agree"), (CLOSED, "closed: it may run")]
)
def test_closing_says_whether_another_person_is_needed(
    service: respx.MockRouter, answer: dict[str, object], words: str
) -> None:
    sent = service.post("/breakers/close").mock(Response(200, json=answer))
    told = call("close", "assign_license")
    assert words in told.output
    assert json.loads(sent.calls[0].request.content) == {"action": "assign_license"}
    assert sent.calls[0].request.headers["Authorization"] == "Bearer canary-token"


def test_whoever_may_not_is_told_in_the_services_words(service: respx.MockRouter) -> None:
    service.post("/breakers/close").mock(Response(403, json=REFUSED))
    result = call("close", "assign_license")
    assert isinstance(result.exception, TriageError)
    assert "app role admin" in str(result.exception)
