"""A licence without a free seat is reclaimed before it is bought; what a group gives comes by the group."""

from __future__ import annotations

from tests.lab import KARIN, LICENCE, Lab
from tests.workflow.leaver import agreed, through
from triage.domain.run import RunState
from triage.workflow.undoing import request_undo

PROJECT = {**LICENCE, "description": f"Please assign the licence PROJECTPROFESSIONAL to {KARIN}."}
HOLDER = "stefan.novak@harborline.example"


async def test_an_idle_seat_moves_when_people_agree_and_goes_back_with_the_undo(lab: Lab) -> None:
    lab.user(HOLDER)["accountEnabled"] = False
    ticket_id = await agreed(lab, PROJECT)
    await through(lab, ticket_id)

    (run,) = await lab.runs(ticket_id)
    assert (run.action, run.state) == ("reassign_license", RunState.VERIFIED)
    assert "PROJECTPROFESSIONAL" in lab.licences(KARIN)
    assert "PROJECTPROFESSIONAL" not in lab.licences(HOLDER)

    await request_undo(lab.services, run.id, "somebody")
    await lab.finish(run)
    assert "PROJECTPROFESSIONAL" in lab.licences(HOLDER)


async def test_without_an_idle_seat_nothing_is_offered_and_it_is_said_why(lab: Lab) -> None:
    stored = await lab.decide(PROJECT)
    review = await lab.review(stored.id)
    assert review.fingerprint == ""
    assert await lab.runs(stored.id) == ()


async def test_a_licence_that_a_group_gives_comes_and_goes_by_the_group(lab: Lab) -> None:
    tenant = lab.stage.apps.tenant
    group = next(one for one in tenant.groups.values() if one.properties["displayName"] == "Data Platform")
    sku = next(one for one in tenant.skus.values() if one.part_number == "POWER_BI_PRO")
    group.properties["assignedLicenses"] = [{"skuId": sku.sku_id, "disabledPlans": []}]

    stored = await lab.decide(LICENCE)
    await through(lab, stored.id)
    assert [run.action for run in await lab.runs(stored.id)] == ["add_group_member"]
    assert lab.user(KARIN)["id"] in group.members
