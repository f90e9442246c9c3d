"""Answering at the shell: by the person's own token, exactly what was shown, in the service's own words."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import respx
from httpx import ConnectError, Response
from typer.testing import CliRunner, Result

from triage.cli import build
from triage.errors import NotConfigured, TriageError, Unknown

API = "http://127.0.0.1:8080/api/v1"


def case(number: str, review_id: str) -> dict[str, Any]:
    review = {
        "id": review_id,
        "fingerprint": f"print of {number}",
        "needed": 2,
        "role": "approver",
        "tier": 3,
    }
    decision = {
        "number": number,
        "label": "password_reset",
        "confidence": 0.98,
        "tier": 3,
        "rules": [{"id": "guard.weak_channel", "sentence": "The channel does not vouch for the caller."}],
        "parameters": {"user": {"value": "a@b.example", "source": "text", "evidence": "Anna"}},
        "changes": [{"target": "a@b.example", "field": "password", "before": None, "after": "a new one"}],
    }
    return {"review": review, "decision": decision}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[respx.MockRouter]:
    monkeypatch.setenv("TRIAGE_TOKEN", "canary-token")
    router = respx.MockRouter(base_url=API, assert_all_called=False)
    first = {"items": [case("INC1", "r1")], "next": "more"}
    router.get("/reviews", params={"cursor": ""}).mock(Response(200, json=first))
    second = {"items": [case("INC2", "r2")], "next": None}
    router.get("/reviews", params={"cursor": "more"}).mock(Response(200, json=second))
    with router:
        yield router


def call(*arguments: str, answer: str = "") -> Result:
    arguments = ("review", *arguments)
    return CliRunner().invoke(build(list(arguments)), list(arguments), input=answer)


def test_every_page_of_what_waits_is_listed(service: respx.MockRouter) -> None:
    found = json.loads(call("list", "--json", "-").stdout)
    assert [one["decision"]["number"] for one in found] == ["INC1", "INC2"]


def test_the_answer_carries_the_fingerprint_that_was_shown_and_a_key(service: respx.MockRouter) -> None:
    reply = {"state": "open", "given": 1, "needed": 2}
    sent = service.post("/reviews/r2/approve").mock(Response(200, json=reply))
    result = call("approve", "INC2", answer="y\n")
    assert json.loads(sent.calls[0].request.content) == {"fingerprint": "print of INC2"}
    assert sent.calls[0].request.headers["Idempotency-Key"]
    assert "1 of 2 approvals" in result.output


def test_nothing_is_sent_when_the_question_is_not_answered_with_yes(service: respx.MockRouter) -> None:
    sent = service.post("/reviews/r2/approve").mock(Response(200, json={}))
    assert call("approve", "INC2", answer="n\n").exit_code == 1
    assert not sent.called


def test_a_correction_says_the_label(service: respx.MockRouter) -> None:
    sent = service.post("/reviews/r1/correct").mock(
        Response(200, json={"state": "corrected", "given": 0, "needed": 2})
    )
    call("correct", "r1", "mfa_reset", "--yes")
    assert json.loads(sent.calls[0].request.content)["label"] == "mfa_reset"


def test_a_refusal_is_passed_on_with_its_next_step(service: respx.MockRouter) -> None:
    problem = {"detail": "this review is approved", "hint": "Look at the ticket again.", "status": 409}
    headers = {"content-type": "application/problem+json"}
    service.post("/reviews/r1/reject").mock(Response(409, json=problem, headers=headers))
    refused = call("reject", "INC1", "--yes").exception
    assert isinstance(refused, TriageError)
    assert (refused.message, refused.hint) == ("this review is approved", "Look at the ticket again.")


def test_what_does_not_wait_is_unknown(service: respx.MockRouter) -> None:
    assert isinstance(call("show", "INC9").exception, Unknown)


def test_without_a_token_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRIAGE_TOKEN", raising=False)
    refused = CliRunner().invoke(build(["review"]), ["review", "list"]).exception
    assert isinstance(refused, NotConfigured)
    assert refused.subject == "TRIAGE_TOKEN"


def test_a_service_that_is_not_there_is_named_and_the_token_is_not(service: respx.MockRouter) -> None:
    service.get("/reviews", params={"cursor": ""}).mock(side_effect=ConnectError("refused"))
    result = call("list")
    assert isinstance(result.exception, NotConfigured)
    assert "canary-token" not in f"{result.output} {result.exception} {result.exception.hint}"
