"""What people write ends in the step and the verdict that the shipped policy promises."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import cast

import pytest

from models.model import Model
from tests.house import LABELS, ObedientModel
from training.company import harborline
from triage.cli.replay.rehearsal import Rehearsal, rehearsal
from triage.domain.decision import ApproverRole, Decision, Verdict
from triage.intake.export import ticket_of
from triage.policy.decide import Policy

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DOMAIN = "harborline.example"


@pytest.fixture
async def stage() -> AsyncIterator[Rehearsal]:
    async with rehearsal(harborline(), cast("Model", ObedientModel(LABELS)), Policy.load()) as built:
        yield built


async def decided(stage: Rehearsal, caller: str, subject: str, text: str) -> Decision:
    row = {
        "number": "INC1",
        "caller_id": f"{caller}@{DOMAIN}",
        "contact_type": "self-service",
        "opened_at": "2026-11-02 08:00:00",
        "short_description": subject,
        "description": text,
    }
    return (await stage.decide(ticket_of(row, 2, now=NOW))).decision


async def test_an_own_add_on_is_given_up_without_asking_anybody(stage: Rehearsal) -> None:
    found = await decided(
        stage, "beatriz.lopes", "I give up my licence", "Please take back my Power BI Pro licence."
    )
    assert (found.verdict, found.action) == (Verdict.AUTO, "remove_license")
    assert [change.after for change in found.changes] == ["none"]


async def test_a_licence_of_a_colleague_is_not_given_up_by_oneself(stage: Rehearsal) -> None:
    text = f"Please take back the Power BI Pro licence of beatriz.lopes@{DOMAIN}."
    found = await decided(stage, "karin.patel", "She can give up a licence", text)
    assert (found.verdict, found.action) == (Verdict.REVIEW, "remove_license")


async def test_somebody_leaves_a_cloud_group_by_own_wish(stage: Rehearsal) -> None:
    text = "Please take me out of the group Data Platform."
    found = await decided(stage, "ulrich.schmidt", "I want to leave", text)
    assert (found.verdict, found.action) == (Verdict.AUTO, "remove_group_member")


async def test_an_own_absence_is_announced_for_the_days_named(stage: Rehearsal) -> None:
    text = "Please switch on my automatic replies from 7 December 2026 until 11 December 2026."
    found = await decided(stage, "grace.fernandez", "I am away", text)
    assert (found.verdict, found.action) == (Verdict.AUTO, "set_automatic_replies")
    assert {change.field: change.after for change in found.changes} == {
        "automatic replies": "scheduled",
        "from": "2026-12-07T00:00:00 UTC",
        "until": "2026-12-12T00:00:00 UTC",
        "message": "I am out of the office; my last day away is 2026-12-11.",
        "people outside": "none",
    }


async def test_an_own_calendar_is_shared_with_a_colleague(stage: Rehearsal) -> None:
    text = f"Please give karin.patel@{DOMAIN} Reviewer access to my calendar."
    found = await decided(stage, "grace.fernandez", "Share my calendar", text)
    assert (found.verdict, found.action) == (Verdict.AUTO, "set_calendar_permission")
    assert [(change.before, change.after) for change in found.changes] == [(None, "Reviewer")]


async def test_somebody_elses_calendar_is_opened_by_people_only(stage: Rehearsal) -> None:
    text = f"Please give me Reviewer access to the calendar of olga.hoffmann@{DOMAIN}."
    found = await decided(stage, "grace.fernandez", "Her calendar", text)
    assert (found.verdict, found.action) == (Verdict.REVIEW, "set_calendar_permission")


@pytest.mark.parametrize("caller", ["freya.ramos", "karin.wright"], ids=["cloud account", "synced account"])
async def test_a_second_factor_is_reset_by_two_people_of_security(stage: Rehearsal, caller: str) -> None:
    text = "I have a new phone and cannot confirm sign-ins any more. Please reset my second factor."
    found = await decided(stage, caller, "My second factor", text)
    assert (found.verdict, found.action, found.tier) == (Verdict.REVIEW, "reset_mfa_methods", 3)
    assert found.approvals.count == 2


async def test_a_misused_account_is_contained_once_security_agreed(stage: Rehearsal) -> None:
    text = "I clicked a link and entered my password. Somebody is using my account."
    found = await decided(stage, "grace.fernandez", "My account is misused", text)
    assert (found.verdict, found.action) == (Verdict.REVIEW, "contain_account")
    assert found.approvals.role is ApproverRole.SECURITY
    assert [change.after for change in found.changes] == [
        "blocked",
        "signed out everywhere",
        "random, seen by nobody",
    ]


async def test_access_to_a_share_is_membership_of_its_cloud_group(stage: Rehearsal) -> None:
    text = f"Please give emre.fernandez@{DOMAIN} read access to \\\\HL-FS-01\\Legal."
    found = await decided(stage, "freya.ramos", "Access to a folder", text)
    assert (found.verdict, found.action) == (Verdict.REVIEW, "add_group_member")
    assert [change.target for change in found.changes] == ["group SG-FS-Legal-RO"]


async def test_what_the_share_grants_follows_the_access_asked_for(stage: Rehearsal) -> None:
    text = "I need write access to \\\\HL-FS-01\\Finance."
    found = await decided(stage, "freya.ramos", "Access to a folder", text)
    assert [change.target for change in found.changes] == ["group SG-FS-Finance-RW"]


async def test_a_share_whose_group_is_synced_is_opened_by_people(stage: Rehearsal) -> None:
    text = "I need read access to \\\\HL-FS-01\\Finance."
    found = await decided(stage, "freya.ramos", "Access to a folder", text)
    assert (found.verdict, found.rules[0].id) == (Verdict.HANDOVER, "handover.no_step")
