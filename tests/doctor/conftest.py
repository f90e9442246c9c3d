"""The doctor's patient: in good health, with one ticket of each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.doctor.patient import Patient, promote_some_model
from triage.sandbox.server import Sandbox
from triage.sandbox.servicenow.play import put_in


@pytest.fixture
def patient(sandbox: Sandbox, environment: dict[str, str]) -> Patient:
    """The company and our service in it, all well."""
    data_dir = Path(environment["TRIAGE_DATA_DIR"])
    promote_some_model(data_dir)
    instance = sandbox.apps.instance
    put_in(instance, {"short_description": "Forgot my password"})
    put_in(instance, {"short_description": "Visio", "cat_item": "Software", "variables": {"name": "Visio"}})
    return Patient(sandbox, data_dir)
