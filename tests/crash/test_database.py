"""A database that drops every connection, again and again: the service goes on, and nothing is lost."""

from __future__ import annotations

import asyncio

import psycopg
import pytest

from tests.house import House
from triage.domain.run import RunState, TicketState

_CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"


@pytest.fixture
def environment(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Dead workers are noticed after two seconds."""
    monkeypatch.setenv("TRIAGE_LIMITS__STALLED", "PT2S")
    return environment


async def _cut_all(template: str, database_url: str) -> None:
    name = database_url.split("?", maxsplit=1)[0].rpartition("/")[2]
    async with await psycopg.AsyncConnection.connect(template, autocommit=True) as conn:
        await conn.execute(_CUT, [name])


async def test_tickets_end_although_connections_are_cut(
    house: House, template: str, database_url: str
) -> None:
    people = ("karin.wright@harborline.example", "karin.patel@harborline.example")
    played = [
        house.play(
            short_description="Forgot my password",
            description="I forgot my password, please reset it.",
            caller_id=who,
            contact_type="self-service",
        )
        for who in people
    ]
    for pause in (0.4, 1.1, 0.7):
        await asyncio.sleep(pause)
        await _cut_all(template, database_url)

    cases = [await house.settled(one) for one in played]

    assert [case.stored.state for case in cases] == [TicketState.RESOLVED] * len(people)
    assert [run.state for case in cases for run in case.runs] == [RunState.VERIFIED] * len(people)
    changes = house.sandbox.apps.tenant.changes
    assert sum("password" in change.what.casefold() for change in changes) == len(people)
