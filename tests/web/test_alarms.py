"""A credential that has ended: nothing acts, everything says so, no ticket is lost, a new one mends it."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.journeys.shift import taken_in, work_off
from tests.lab import KARIN, LICENCE, Lab
from tests.web.conftest import Desk
from triage.domain.run import TicketState
from triage.sandbox.records import AppRegistration
from triage.sandbox.registrations import GRAPH, credentials
from triage.sandbox.servicenow.play import put_in
from triage.settings import EntraSettings, RotationSettings
from triage.web.callers import Role
from triage.workflow.credentials import watch_credentials


def registration(lab: Lab) -> AppRegistration:
    """Let our service look at its own registration, and somebody own its alarms; return the registration."""
    tenant = lab.stage.apps.tenant
    found = tenant.apps[credentials(tenant, "service").client_id]
    found.granted[GRAPH].add("Application.Read.All")
    settings = {
        "entra": EntraSettings(client_id=found.client_id),
        "rotation": RotationSettings(owners="Desk"),
    }
    lab.services = replace(lab.services, settings=lab.services.settings.model_copy(update=settings))
    return found


def incidents(lab: Lab) -> list[str]:
    rows = lab.stage.apps.instance.tables["incident"].values()
    return [row["short_description"] for row in rows if row["correlation_id"].startswith("triage ")]


async def test_a_service_whose_credential_has_expired_says_so_everywhere_and_goes_on_with_a_new_one(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    lab, viewer = desk.lab, await desk.browser(Role.VIEWER)
    secret = registration(lab).secrets[0]
    await watch_credentials(lab.services)
    secret.end = lab.stage.time.now
    lab.pass_time(timedelta(hours=2))  # until the token that was got before has ended
    played = put_in(lab.stage.apps.instance, LICENCE)

    async with lab.services.queue.open_async():
        stored = await taken_in(lab, played)
        with caplog.at_level(logging.ERROR):
            await watch_credentials(lab.services)
        assert not await work_off(lab, timedelta(minutes=10))
        assert (await lab.ticket(stored.id)).state is TicketState.RECEIVED
        assert "POWER_BI_PRO" not in lab.licences(KARIN)
        page = (await viewer.get("/")).text
        assert 'aria-label="Alarm"' in page
        assert "goes on by itself" in page
        figures = (await viewer.get("/metrics")).text
        assert "triage_alarms 1.0" in figures
        assert 'in_use="true"' in figures
        assert len(incidents(lab)) == 1
        assert "all that needs Entra waits" in caplog.text

        secret.end += timedelta(days=100)
        await watch_credentials(lab.services)
        assert await work_off(lab, timedelta(minutes=10))

    assert (await lab.ticket(stored.id)).state is TicketState.RESOLVED
    assert "POWER_BI_PRO" in lab.licences(KARIN)
    assert 'aria-label="Alarm"' not in (await viewer.get("/")).text
    assert "triage_alarms 0.0" in (await viewer.get("/metrics")).text
