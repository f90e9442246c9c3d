"""What every room's tests may ask for, and what none of them should depend on."""

from __future__ import annotations

import os

import hypothesis
import pytest

pytest_plugins = ["tests.database", "tests.house", "tests.lab"]

hypothesis.settings.register_profile("house", deadline=None)  # a busy machine is no failure
hypothesis.settings.load_profile("house")


@pytest.fixture(autouse=True)
def no_settings_of_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the developer's own `TRIAGE_*`; what CI asks of the tests themselves stays."""
    for name in [name for name in os.environ if name.startswith("TRIAGE_") and "REQUIRE" not in name]:
        monkeypatch.delenv(name)
