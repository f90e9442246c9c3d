"""The stage that tests of actions and clients stand on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.actions.stage import Stage, staged


@pytest.fixture
def stage() -> Stage:
    """Return a fresh company."""
    return staged()


@pytest.fixture(scope="module")
def founded() -> Stage:
    """Return a company for tests that change nothing in it."""
    return staged()


@pytest.fixture
def still(founded: Stage) -> Stage:
    """Return the company that no test changes, a minute later each time, so that no limit of pace is met."""
    founded.time.now += timedelta(minutes=1)
    return founded
