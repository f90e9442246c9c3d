"""The story of a ticket: it reads, decides the same each time, and writes nothing anywhere."""

from __future__ import annotations

import pytest

from actions.errors import Throttled
from tests.lab import LICENCE, PASSWORD, Lab
from triage.domain.decision import Verdict
from triage.sandbox.faults import Rule, arm
from triage.workflow.steps import Consideration, consider

_READS = ("/$batch", "/token", "/oauth_token.do")


async def _consider(lab: Lab, row: dict[str, str], *, corrected: str | None = None) -> Consideration:
    stored = await lab.take_in(row)
    return await consider(stored.ticket, lab.services.tools, lab.services.clock(), corrected=corrected)


@pytest.mark.parametrize("row", [LICENCE, PASSWORD], ids=["licence", "password"])
async def test_deciding_writes_nothing_outside(lab: Lab, row: dict[str, str]) -> None:
    considered = await _consider(lab, row)

    assert considered.decision.verdict is Verdict.AUTO
    writes = [
        request
        for request in lab.stage.transport.sent
        if request.method != "GET" and not request.url.path.endswith(_READS)
    ]
    assert writes == []


async def test_the_same_ticket_gets_the_same_decision_and_fingerprint(lab: Lab) -> None:
    stored = await lab.take_in(LICENCE)
    tools, now = lab.services.tools, lab.services.clock()

    first, second = [await consider(stored.ticket, tools, now) for _ in range(2)]

    assert first.decision == second.decision
    assert first.decision.fingerprint != ""


async def test_a_look_up_that_failed_stops_automation(lab: Lab) -> None:
    await lab.services.tools.directory()
    gone = {"app": "graph", "path": "/users/", "effect": "answer", "status": 503, "times": None}
    arm(lab.stage.apps.faults, [Rule.model_validate(gone)])

    considered = await _consider(lab, LICENCE)

    assert considered.decision.verdict is not Verdict.AUTO


async def test_a_service_that_asks_to_wait_is_asked_again_later_and_nobody_is_bothered(lab: Lab) -> None:
    await lab.services.tools.directory()
    busy = {
        "app": "graph",
        "effect": "answer",
        "status": 429,
        "headers": {"Retry-After": "60"},
        "times": None,
    }
    arm(lab.stage.apps.faults, [Rule.model_validate(busy)])

    with pytest.raises(Throttled):
        await _consider(lab, LICENCE)


async def test_what_a_person_corrected_does_not_run_by_itself(lab: Lab) -> None:
    considered = await _consider(lab, PASSWORD, corrected="password_reset")

    assert considered.decision.label == "password_reset"
    assert considered.decision.verdict is Verdict.REVIEW


async def test_what_is_not_offered_has_no_plan_to_approve(lab: Lab) -> None:
    considered = await _consider(lab, {**PASSWORD, "short_description": "The coffee machine leaks"})

    decision = considered.decision
    assert decision.verdict is Verdict.HANDOVER
    assert (decision.action, decision.changes, decision.fingerprint) == ("", (), "")


async def test_a_world_that_is_as_asked_is_left_to_people(lab: Lab) -> None:
    lab.give_licence("karin.wright@harborline.example", "POWER_BI_PRO")

    considered = await _consider(lab, LICENCE)

    assert considered.facts.blockers == ("plan.nothing_to_change",)
    assert considered.decision.verdict is not Verdict.AUTO


async def test_each_stage_is_timed(lab: Lab) -> None:
    considered = await _consider(lab, LICENCE)

    assert list(considered.seconds) == ["classify", "resolve", "enrich", "plan", "rule"]
