"""Trouble opens the circuit breaker of an action; neither time nor one person closes it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from triage.breaker import REACH, Happening, standing
from triage.memory import Event, InMemoryMemory

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def trouble(minute: int, *, ticket: str = "", drift: bool = False) -> Happening:
    return Happening(at=NOON + minute * MINUTE, ticket=ticket or f"INC{minute}", drift=drift)


def agreed(minute: int, person: str) -> Happening:
    return Happening(at=NOON + minute * MINUTE, agreed_by=person)


def test_three_tickets_in_trouble_within_an_hour_open_it_and_it_stays_open() -> None:
    assert not standing([trouble(0), trouble(30)]).open
    assert standing([trouble(0), trouble(30), trouble(59)]).opened_at == NOON + 59 * MINUTE


def test_the_same_ticket_three_times_or_three_tickets_in_a_day_do_not_open_it() -> None:
    assert not standing([trouble(minute, ticket="INC1") for minute in range(3)]).open
    assert not standing([trouble(minute) for minute in (0, 61, 122)]).open


def test_five_corrected_labels_in_a_day_open_it() -> None:
    drift = [trouble(200 * number, drift=True) for number in range(5)]
    assert not standing(drift[:4]).open
    assert standing(drift).open


def test_two_different_people_close_it_and_one_twice_does_not() -> None:
    opened = [trouble(minute) for minute in range(3)]
    assert standing([*opened, agreed(10, "anna"), agreed(20, "anna")]).agreed == ("anna",)
    assert not standing([*opened, agreed(10, "anna"), agreed(20, "ben")]).open


def test_new_trouble_takes_back_what_was_agreed() -> None:
    opened = [trouble(minute) for minute in range(3)]
    assert standing([*opened, agreed(10, "anna"), trouble(15), agreed(20, "ben")]).agreed == ("ben",)


def test_nobody_agrees_in_advance_and_after_closing_counting_starts_anew() -> None:
    opened = [trouble(minute) for minute in range(3)]
    assert standing([agreed(-5, "anna"), agreed(-4, "ben"), *opened]).open
    closed = [*opened, agreed(10, "anna"), agreed(11, "ben")]
    assert not standing([*closed, trouble(12), trouble(13)]).open
    assert standing([*closed, trouble(12), trouble(13), trouble(14)]).open


@given(st.permutations([trouble(0), trouble(1), trouble(2), agreed(10, "anna"), trouble(20)]))
def test_the_order_of_telling_does_not_matter(told: list[Happening]) -> None:
    assert standing(told).open


async def test_a_memory_lets_an_action_go_on_only_after_two_people_agreed() -> None:
    memory = InMemoryMemory()

    async def happen(event: Event, ticket: str, person: str, at: datetime) -> None:
        await memory.remember(
            ticket=ticket,
            person_id="",
            requester_id=person,
            label="license_assign",
            action="assign_license",
            key="",
            event=event,
            now=at,
        )

    async def is_open(at: datetime) -> bool:
        known = await memory.recall(
            person_id="", requester_id="", label="x", action="assign_license", key="", now=at
        )
        return known.breaker_open

    for number in range(3):
        await happen(Event.FAILED, f"INC{number}", "", NOON)
    assert await is_open(NOON + timedelta(days=30))
    assert not await is_open(NOON + REACH)
    await happen(Event.AGREED, "", "anna", NOON + MINUTE)
    assert await is_open(NOON + 2 * MINUTE)
    await happen(Event.AGREED, "", "ben", NOON + 2 * MINUTE)
    assert not await is_open(NOON + 3 * MINUTE)
