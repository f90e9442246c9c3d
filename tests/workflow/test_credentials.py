"""The end of our own credentials: warned of once each, told to the owners, and survived without a loss."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text

from actions.errors import CredentialRefused
from tests.lab import LICENCE, Lab
from triage.domain.run import TicketState
from triage.sandbox.records import AppRegistration
from triage.sandbox.registrations import GRAPH, credentials
from triage.settings import EntraSettings, RotationSettings
from triage.store import alarms
from triage.store.alarms import Alarm
from triage.workflow.credentials import watch_credentials

OWNERS = "Service Desk"


@pytest.fixture
def watched(lab: Lab) -> Lab:
    """The lab with a registration it may look at and owners who want to hear of it."""
    app(lab).granted[GRAPH].add("Application.Read.All")
    settings = lab.services.settings.model_copy(
        update={
            "entra": EntraSettings(client_id=app(lab).client_id),
            "rotation": RotationSettings(owners=OWNERS),
        }
    )
    lab.services = replace(lab.services, settings=settings)
    return lab


def app(lab: Lab) -> AppRegistration:
    tenant = lab.stage.apps.tenant
    return tenant.apps[credentials(tenant, "service").client_id]


async def standing(lab: Lab) -> tuple[Alarm, ...]:
    async with lab.services.engine.connect() as conn:
        return await alarms.standing(conn)


def incidents(lab: Lab) -> list[str]:
    """Return the subjects of the incidents we opened ourselves."""
    rows = lab.stage.apps.instance.tables["incident"].values()
    return [row["short_description"] for row in rows if row["correlation_id"].startswith("triage ")]


async def events(lab: Lab, name: str) -> int:
    query = "SELECT count(*) FROM audit WHERE event = :name"
    async with lab.services.engine.connect() as conn:
        found: int = (await conn.execute(text(query), {"name": name})).scalar_one()
    return found


async def test_each_threshold_is_warned_of_once_on_every_way(watched: Lab) -> None:
    app(watched).secrets[0].end = watched.stage.time.now + timedelta(days=31)
    for _ in range(31 * 4):
        await watch_credentials(watched.services)
        watched.pass_time(timedelta(hours=6))
    assert await events(watched, "credential.warned") == 4
    assert len(incidents(watched)) == 4
    assert len(await standing(watched)) == 1


async def test_a_new_credential_ends_the_warning(watched: Lab) -> None:
    app(watched).secrets[0].end = watched.stage.time.now + timedelta(days=5)
    await watch_credentials(watched.services)
    assert [one.key.rpartition(":")[2] for one in await standing(watched)] == ["7"]
    app(watched).secrets[0].end += timedelta(days=100)
    watched.pass_time(timedelta(hours=1))
    await watch_credentials(watched.services)
    assert await standing(watched) == ()


async def test_an_expired_credential_stops_everything_keeps_the_ticket_and_is_survived(watched: Lab) -> None:
    stored = await watched.take_in(LICENCE)
    app(watched).secrets[0].end = watched.stage.time.now
    watched.pass_time(timedelta(hours=2))  # until the token that was got before has ended
    with pytest.raises(CredentialRefused) as refused:
        await watched.decide_again(stored.id)
    assert refused.value.retry_at > watched.stage.time.now
    assert (await watched.ticket(stored.id)).state is TicketState.RECEIVED
    for _ in range(3):
        await watch_credentials(watched.services)
    (alarm,) = await standing(watched)
    assert "token" in alarm.sentence
    assert incidents(watched) == [alarm.sentence]

    app(watched).secrets[0].end += timedelta(days=100)
    await watch_credentials(watched.services)
    assert await standing(watched) == ()
    await watched.decide_again(stored.id)
    (run,) = await watched.runs(stored.id)
    assert (await watched.finish(run)).state == "verified"
    assert await events(watched, "credential.accepted") == 1


async def test_without_the_right_to_look_nothing_is_said_of_the_end(watched: Lab) -> None:
    app(watched).granted[GRAPH] -= {"Application.Read.All", "Application.ReadWrite.OwnedBy"}
    app(watched).secrets[0].end = watched.stage.time.now + timedelta(days=5)
    await watch_credentials(watched.services)
    assert await standing(watched) == ()
