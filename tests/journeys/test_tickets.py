"""Tickets from ServiceNow and back to it, through every room."""

from __future__ import annotations

import pytest

from tests.house import House
from triage.audit.log import records
from triage.audit.verify import verify
from triage.domain.run import RunState, TicketState
from triage.sandbox.tenant import user_by_key
from triage.store import notes

KARIN, SYNCED = "karin.wright@harborline.example", "dora.garcia@harborline.example"
LOCKED = "nina.santos@harborline.example"
"""Karin lives in the cloud only; Dora and Nina are synced from Active Directory, where Nina is locked out."""

LICENCE = {
    "short_description": "A licence for Karin",
    "description": "Please give karin.wright@harborline.example a Power BI Pro licence.",
    "caller_id": "elena.bianchi@harborline.example",
    "contact_type": "self-service",
}
PASSWORD = {
    "short_description": "Forgot my password",
    "description": "I forgot my password, please reset it.",
    "caller_id": "karin.wright@harborline.example",
    "contact_type": "self-service",
}


async def test_a_manager_gets_a_licence_for_a_report_and_the_ticket_is_resolved(house: House) -> None:
    played = house.play(**LICENCE)

    case = await house.settled(played)

    assert case.stored.state is TicketState.RESOLVED
    assert [run.state for run in case.runs] == [RunState.VERIFIED]
    assert "POWER_BI_PRO" in house.licences("karin.wright@harborline.example")
    assert house.record(played)["state"] == "6"


async def test_a_resolved_ticket_tells_the_desk_what_was_done_and_the_requester_that_it_was(
    house: House,
) -> None:
    played = house.play(**LICENCE)

    await house.settled(played)

    decided, done = house.journal(played, "work_notes")
    assert "Rule license_assign.manager" in decided
    assert "manager: in Entra" in decided
    assert "done and read back" in done
    assert len(house.journal(played, "comments")) == 1


async def test_a_password_goes_out_as_a_link_to_the_manager_and_nowhere_else(house: House) -> None:
    played = house.play(**PASSWORD)

    case = await house.settled(played)

    assert case.stored.state is TicketState.RESOLVED
    (mail,) = (one for one in house.sandbox.apps.tenant.outbox if "/secrets/" in one.body)
    assert mail.to == ("elena.bianchi@harborline.example",)
    assert f"/secrets/{case.runs[0].id}#" in mail.body
    assert "/secrets/" not in "".join(house.journal(played, "work_notes") + house.journal(played, "comments"))


async def test_a_ticket_about_something_else_is_handed_over_untouched(house: House) -> None:
    played = house.play(
        short_description="The coffee machine leaks", caller_id="karin.wright@harborline.example"
    )

    case = await house.settled(played)

    assert case.stored.state is TicketState.HANDOVER
    assert case.runs == ()
    assert house.record(played)["state"] == "1"


async def test_what_is_missing_is_asked_back_once(house: House) -> None:
    played = house.play(
        short_description="I need a licence",
        description="Please.",
        caller_id="karin.wright@harborline.example",
        contact_type="self-service",
    )

    case = await house.settled(played)

    assert case.stored.state is TicketState.REVIEW
    await house.written(case)
    (question,) = house.journal(played, "comments")
    assert "?" in question


async def test_an_answer_of_the_caller_makes_a_new_revision_that_takes_the_place_of_the_old(
    house: House,
) -> None:
    played = house.play(
        short_description="A licence for Karin",
        description="Please give karin.wright@harborline.example what she needs.",
        caller_id="elena.bianchi@harborline.example",
        contact_type="self-service",
    )
    first = await house.settled(played)
    assert first.stored.state is TicketState.REVIEW

    house.comment(played, "elena.bianchi@harborline.example", "Power BI Pro, please.")

    second = await house.settled(played, after=first)
    assert second.stored.id != first.stored.id
    again = await house.stored(first.stored.id)
    assert again.state is TicketState.SUPERSEDED


async def test_the_audit_chain_tells_the_whole_story_and_holds(house: House) -> None:
    played = house.play(**LICENCE)
    case = await house.settled(played)

    async with house.services.engine.connect() as conn:
        told = [record async for record in records(conn)]
        report = await verify(records(conn))

    assert report.ok
    mine = {str(case.stored.id), str(case.runs[0].id)}
    assert [
        one.event for one in told if one.subject.split()[-1] in mine and one.event != "ticket.written"
    ] == [
        "ticket.received",
        "ticket.decided",
        "run.intended",
        "run.step_started",
        "run.verified",
        "ticket.resolved",
    ]


async def test_every_note_is_posted_once_with_its_mark(house: House) -> None:
    played = house.play(**LICENCE)
    case = await house.settled(played)

    async with house.services.engine.connect() as conn:
        said = await notes.of_ticket(conn, case.stored.id)

    posted = "".join(house.journal(played, "work_notes") + house.journal(played, "comments"))
    assert [posted.count(note.marker) for note in said if note.kind != "resolve"] == [1, 1, 1]


async def test_nobody_privileged_is_touched_whatever_the_ticket_says(house: House) -> None:
    admin = next(role.principal_id for role in house.sandbox.apps.tenant.roles)
    user = user_by_key(house.sandbox.apps.tenant, admin)
    assert user is not None
    played = house.play(**{**PASSWORD, "caller_id": user["userPrincipalName"]})

    case = await house.settled(played)

    assert case.stored.state in (TicketState.BLOCKED, TicketState.HANDOVER)
    assert case.runs == ()


@pytest.mark.parametrize(
    ("words", "caller", "action"),
    [
        ("Forgot my password|I forgot my password, please reset it.", SYNCED, "reset_ad_password"),
        ("My account is locked|My account is locked, please unlock it.", LOCKED, "unlock_ad_account"),
        (
            "Please restart the printing|Please restart the service Spooler on HL-PRN-01.",
            "erik.haddad@harborline.example",
            "restart_service",
        ),
        (
            f"A group for Karin|Please add {KARIN} to the group SG-SAP-FI-Display.",
            "rosa.martin@harborline.example",
            "add_group_member",
        ),
    ],
    ids=["password", "unlock", "restart", "group"],
)
async def test_what_is_allowed_is_done_wherever_it_has_to_be_done(
    house: House, words: str, caller: str, action: str
) -> None:
    subject, text = words.split("|")

    case = await house.settled(
        house.play(short_description=subject, description=text, caller_id=caller, contact_type="self-service")
    )

    assert case.stored.state is TicketState.RESOLVED
    assert [(run.action, run.state) for run in case.runs] == [(action, RunState.VERIFIED)]


async def test_a_password_made_on_premises_waits_in_the_vault_for_the_manager(house: House) -> None:
    case = await house.settled(house.play(**{**PASSWORD, "caller_id": SYNCED}))

    (mail,) = (one for one in house.sandbox.apps.tenant.outbox if "/secrets/" in one.body)
    assert f"/secrets/{case.runs[0].id}#" in mail.body
    assert f"triage-{case.runs[0].id}" in house.sandbox.apps.tenant.vault.secrets
