"""What was asked or done lately is remembered, for as long as it matters and no longer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.policy.conftest import ask
from triage.domain.lately import MemoryFacts
from triage.domain.request import Parameter, Source
from triage.memory import Event, InMemoryMemory, ask_key

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


async def remember(
    memory: InMemoryMemory, ticket: str, label: str, event: Event, at: datetime, **more: str
) -> None:
    fields = {
        "person_id": "anna",
        "requester_id": "anna",
        "action": label,
        "key": label,
        "department": "Sales",
    }
    await memory.remember(ticket=ticket, label=label, event=event, now=at, **(fields | more))


async def recall(memory: InMemoryMemory, label: str, at: datetime, **more: str) -> MemoryFacts:
    fields = {
        "person_id": "anna",
        "requester_id": "anna",
        "action": label,
        "key": label,
        "department": "Sales",
    }
    return await memory.recall(ticket="now", label=label, now=at, **(fields | more))


async def test_nothing_remembered_is_known_to_be_nothing() -> None:
    assert await recall(InMemoryMemory(), "password_reset", NOON) == MemoryFacts(known=True)


@pytest.mark.parametrize("event", [Event.ASKED, Event.DONE])
async def test_a_second_factor_asked_or_changed_is_remembered_for_72_hours(event: Event) -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "mfa_reset", event, NOON)
    soon = await recall(memory, "password_reset", NOON + 71 * HOUR)
    later = await recall(memory, "password_reset", NOON + 72 * HOUR)
    assert (soon.factor_change_72h, later.factor_change_72h) == (True, False)


async def test_a_new_phone_number_is_a_changed_factor() -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "profile_update", Event.DONE, NOON, attribute="mobilePhone")
    facts = await recall(memory, "password_reset", NOON + 2 * HOUR)
    assert facts.factor_change_24h
    assert facts.contact_changed_30d


async def test_a_new_office_is_no_changed_factor() -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "profile_update", Event.DONE, NOON, attribute="officeLocation")
    assert not (await recall(memory, "password_reset", NOON)).factor_change_72h


async def test_the_manager_is_known_by_the_own_changed_factor() -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "mfa_reset", Event.DONE, NOON, person_id="mia")
    facts = await recall(memory, "license_assign", NOON + HOUR, requester_id="mia")
    assert facts.requester_factor_change_24h
    assert not facts.factor_change_24h


async def test_the_same_ask_open_or_just_done_is_a_duplicate() -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "license_assign", Event.ASKED, NOON)
    assert (await recall(memory, "license_assign", NOON + HOUR)).duplicate_of == "INC1"
    await remember(memory, "INC1", "license_assign", Event.DONE, NOON + HOUR)
    assert (await recall(memory, "license_assign", NOON + 2 * HOUR)).duplicate_of == "INC1"
    assert (await recall(memory, "license_assign", NOON + 6 * HOUR)).duplicate_of == ""


async def test_a_closed_ask_may_be_asked_again() -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "license_assign", Event.ASKED, NOON)
    await remember(memory, "INC1", "license_assign", Event.CLOSED, NOON + HOUR)
    assert (await recall(memory, "license_assign", NOON + 2 * HOUR)).duplicate_of == ""


async def test_another_person_or_ask_is_no_duplicate() -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "license_assign", Event.ASKED, NOON)
    assert (await recall(memory, "license_assign", NOON, person_id="ben")).duplicate_of == ""
    assert (await recall(memory, "license_assign", NOON, key="visio")).duplicate_of == ""


async def test_a_ticket_does_not_count_against_itself() -> None:
    """Deciding again, as before every effect, must not turn the ticket into its own duplicate or cap."""
    memory = InMemoryMemory()
    await remember(memory, "now", "password_reset", Event.ASKED, NOON)
    await remember(memory, "now", "password_reset", Event.DONE, NOON)
    assert await recall(memory, "password_reset", NOON) == MemoryFacts(known=True)


async def test_caps_count_other_tickets_in_their_windows() -> None:
    memory = InMemoryMemory()
    for hours in (0, 20, 23.5):
        await remember(memory, f"INC{hours}", "account_unlock", Event.DONE, NOON + hours * HOUR)
    facts = await recall(memory, "account_unlock", NOON + 24 * HOUR)
    assert (facts.credential_24h, facts.credential_30d, facts.person_24h, facts.requester_24h) == (2, 3, 2, 2)
    assert (facts.action_1h, facts.department_1h, facts.tenant_1h) == (1, 1, 1)


@pytest.mark.parametrize("kind", ["person", "requester", "action", "department", "tenant"])
async def test_each_cap_counts_in_an_hour_a_day_and_a_week(kind: str) -> None:
    memory = InMemoryMemory()
    for hours in (0.5, 20, 100, 200):
        await remember(memory, f"INC{hours}", "license_assign", Event.DONE, NOON - hours * HOUR)
    facts = (await recall(memory, "license_assign", NOON)).model_dump()
    assert [facts[f"{kind}_{window}"] for window in ("1h", "24h", "7d")] == [1, 2, 3]


async def test_a_storm_counts_tickets_of_one_label() -> None:
    memory = InMemoryMemory()
    for number in range(50):
        await remember(memory, f"INC{number}", "password_reset", Event.ASKED, NOON, person_id=f"p{number}")
    assert (await recall(memory, "password_reset", NOON)).alike_10m == 50
    assert (await recall(memory, "license_assign", NOON)).alike_10m == 0
    assert (await recall(memory, "password_reset", NOON + timedelta(minutes=10))).alike_10m == 0


async def test_three_troubles_within_an_hour_open_the_breaker() -> None:
    memory = InMemoryMemory()
    for number, event in enumerate((Event.FAILED, Event.FAILED, Event.REPUDIATED)):
        assert not (await recall(memory, "password_reset", NOON)).breaker_open
        await remember(memory, f"INC{number}", "password_reset", event, NOON)
    assert (await recall(memory, "password_reset", NOON)).breaker_open


async def test_what_a_person_repudiated_is_frozen_for_them_alone() -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "password_reset", Event.REPUDIATED, NOON)
    assert (await recall(memory, "password_reset", NOON + 999 * HOUR)).frozen
    assert not (await recall(memory, "password_reset", NOON, person_id="ben")).frozen


async def test_tickets_may_come_in_any_order() -> None:
    memory = InMemoryMemory()
    await remember(memory, "late", "account_unlock", Event.DONE, NOON + 5 * HOUR)
    await remember(memory, "early", "account_unlock", Event.DONE, NOON)
    assert (await recall(memory, "account_unlock", NOON + HOUR)).credential_24h == 1


def test_the_key_is_of_what_is_asked_not_of_the_words() -> None:
    named = {"user": Parameter(value="Anna@corp.example", source=Source.TEXT, evidence="for anna")}
    field = {"user": Parameter(value="anna@corp.example", source=Source.FIELD)}
    assert ask_key("account_unlock", named) == ask_key("account_unlock", field)
    assert ask_key("account_unlock", named) != ask_key("password_reset", named)


def test_facts_are_written_in_one_order() -> None:
    facts = ask("license_assign", signals=["question", "alerts_off"], relations=["manager", "hr"])
    assert facts.model_dump(mode="json")["signals"] == ["alerts_off", "question"]


async def test_an_ask_whose_person_was_not_found_counts_against_whoever_asked() -> None:
    memory = InMemoryMemory()
    await remember(memory, "INC1", "mfa_reset", Event.ASKED, NOON, person_id="", key="")
    facts = await recall(memory, "calendar_permission", NOON + HOUR)
    assert facts.factor_change_24h


async def test_asking_for_the_credentials_of_others_is_counted_by_people() -> None:
    memory = InMemoryMemory()
    for number, person in enumerate(("ben", "cleo", "ben", "anna")):
        await remember(memory, f"INC{number}", "password_reset", Event.ASKED, NOON, person_id=person)
    assert (await recall(memory, "license_assign", NOON)).credentials_of_others_24h == 2
    assert (await recall(memory, "license_assign", NOON, requester_id="ben")).credentials_of_others_24h == 0
    assert (await recall(memory, "license_assign", NOON + 24 * HOUR)).credentials_of_others_24h == 0
