"""The shared memory: it answers what the one in memory answers, and both survive a second look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from triage.memory import Event, InMemoryMemory, Memory
from triage.store.engine import Database, connect
from triage.store.memories import memory_on, shared_memory

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PEOPLE, LABELS, KEYS = (
    ("karin", "elena", ""),
    ("password_reset", "mfa_reset", "license_assign"),
    ("k1", "k2", ""),
)


async def _happen(memories: tuple[Memory, ...], rng: Random, number: int) -> None:
    """Let the same happen in all memories."""
    label, event = rng.choice(LABELS), rng.choice(list(Event))
    person = rng.choice(
        PEOPLE[:2] if event is Event.REPUDIATED else PEOPLE
    )  # nobody says "not me" for nobody
    requester, key, department = rng.choice(PEOPLE), rng.choice(KEYS), rng.choice(["Sales", ""])
    at = NOW - timedelta(minutes=rng.choice([3, 40, 300, 3000, 30000]))
    for memory in memories:
        await memory.remember(
            ticket=f"INC{number % 7}",
            person_id=person,
            requester_id=requester,
            label=label,
            action=f"do_{label}",
            key=key,
            event=event,
            department=department,
            now=at,
        )


@pytest.mark.parametrize("seed", range(8))
async def test_both_memories_answer_alike_whatever_happened(database: Database, seed: int) -> None:
    rng = Random(seed)
    plain, shared = InMemoryMemory(), shared_memory(database.engine)
    for number in range(40):
        await _happen((plain, shared), rng, number)

    for person in PEOPLE:
        for label in LABELS:
            answers = [
                await memory.recall(
                    ticket="INC-new",
                    person_id=person,
                    requester_id="elena",
                    label=label,
                    action=f"do_{label}",
                    key="k1",
                    department="Sales",
                    now=NOW,
                )
                for memory in (plain, shared)
            ]
            assert answers[0] == answers[1]


async def _ask(memory: Memory, ticket: str, minute: int) -> None:
    await memory.remember(
        ticket=ticket,
        person_id="karin",
        requester_id="karin",
        label="license_assign",
        action="assign_license",
        key="k1",
        event=Event.ASKED,
        now=NOW + timedelta(minutes=minute),
    )


async def _duplicate_of(memory: Memory, ticket: str) -> str:
    facts = await memory.recall(
        ticket=ticket,
        person_id="karin",
        requester_id="karin",
        label="license_assign",
        action="assign_license",
        key="k1",
        now=NOW + timedelta(minutes=9),
    )
    return facts.duplicate_of


async def test_of_two_equal_asks_only_the_later_is_a_duplicate_also_when_looked_at_again(
    database: Database,
) -> None:
    memory = shared_memory(database.engine)
    await _ask(memory, "INC1", 0)
    await _ask(memory, "INC2", 1)

    assert await _duplicate_of(memory, "INC1") == ""
    assert await _duplicate_of(memory, "INC2") == "INC1"


async def test_what_is_remembered_goes_with_its_transaction(database: Database) -> None:
    async with database.engine.connect() as conn:
        await _ask(memory_on(conn), "INC1", 0)
        await conn.rollback()

    assert await _duplicate_of(shared_memory(database.engine), "INC2") == ""


async def test_a_memory_that_cannot_be_read_says_so_and_does_not_raise() -> None:
    async with connect("postgresql://nobody@/nowhere?host=/nonexistent") as gone:
        facts = await shared_memory(gone.engine).recall(
            person_id="karin", requester_id="", label="other", action="", key="", now=NOW
        )

    assert not facts.known
