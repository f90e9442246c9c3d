"""The stage that tests of actions and clients stand on."""

from __future__ import annotations

import pytest

from tests.actions.stage import Stage, staged


@pytest.fixture
def stage() -> Stage:
    """Return a fresh company."""
    return staged()
