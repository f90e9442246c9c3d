"""A healthy house: every line is fine, nothing is changed, nothing secret is said."""

from __future__ import annotations

from tests.doctor.patient import Patient
from triage.doctor.finding import State
from triage.doctor.round import CHECKS


async def test_all_is_well_in_a_healthy_house(patient: Patient) -> None:
    found = await patient.findings()
    assert {name: one.sentence for name, one in found.items() if one.state is not State.OK} == {}
    assert list(found) == [check.name for check in CHECKS]
