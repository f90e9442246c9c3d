"""A healthy house: every line is fine, nothing is changed; and whatever is wrong, nothing secret is said."""

from __future__ import annotations

import copy

import pytest

from tests.doctor.patient import Patient
from triage.doctor.finding import State
from triage.doctor.round import CHECKS


async def test_all_is_well_in_a_healthy_house(patient: Patient) -> None:
    found = await patient.findings()
    assert {name: one.sentence for name, one in found.items() if one.state is not State.OK} == {}
    assert list(found) == [check.name for check in CHECKS]


async def test_looking_changes_nothing(patient: Patient) -> None:
    apps = patient.sandbox.apps
    before = copy.deepcopy((apps.instance.tables, apps.tenant.changes))
    await patient.findings()
    assert (apps.instance.tables, apps.tenant.changes) == before
    assert (apps.tenant.jobs, apps.tenant.outbox) == ({}, [])


async def test_no_secret_is_said_whatever_is_wrong(patient: Patient, monkeypatch: pytest.MonkeyPatch) -> None:
    secrets = {
        "TRIAGE_DATABASE_URL": "postgresql://triage:hunter2@127.0.0.1:1/triage?password=hunter2",
        "TRIAGE_ENTRA__CLIENT_SECRET": "hunter2-of-entra",
        "TRIAGE_SERVICENOW__CLIENT_SECRET": "hunter2-of-servicenow",
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    failed = await patient.failed()
    assert set(failed) == {"database", "token.graph", "token.servicenow"}
    assert "hunter2" not in repr(failed)
