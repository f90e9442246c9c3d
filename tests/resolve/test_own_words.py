"""Tickets in our own words are read as a person reads them, or asked about; never is something guessed."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.benchmarks.resolve import Scenery, compared, scenery, ticket_of
from tests.resolve.own_words import rows
from triage.cli.replay.truth import Compared, Outcome
from triage.domain.facts import Signal
from triage.resolve import resolve

RIGHT, WRONG = 0.96, 0.005
"""Shares of the required parameters whose text holds them."""


@pytest.fixture(scope="module")
def where() -> Scenery:
    return scenery()


@pytest.fixture(scope="module")
def results(where: Scenery) -> list[Compared]:
    return [one for row in rows() if not row["u_foreign"] for one in compared(row, where)]


def test_what_the_words_hold_is_found_and_hardly_ever_mistaken(results: list[Compared]) -> None:
    held = [one for one in results if one.required and one.truth and one.outcome is not Outcome.UNSAID]
    counts = Counter(one.outcome for one in held)
    told = [f"{one.row['u_frame']} {one.name}: {one.found}" for one in held if one.outcome is Outcome.WRONG]
    assert counts[Outcome.RIGHT] / len(held) >= RIGHT, counts
    assert counts[Outcome.WRONG] / len(held) <= WRONG, told


def test_what_the_words_leave_open_gets_no_value(results: list[Compared]) -> None:
    guessed = [one for one in results if one.name in one.row["u_open"].split() and one.found]
    assert not [f"{one.row['u_frame']} {one.name}: {one.found} ({one.evidence})" for one in guessed]


def test_another_system_is_told_from_ours(where: Scenery) -> None:
    for row in rows():
        playbook = where.playbooks[row["u_intent"]]
        found = resolve(ticket_of(row), playbook.label, playbook, where.directory, where.site)
        told = Signal.OTHER_SYSTEM in found.signals
        assert told == bool(row["u_foreign"]), (row["u_frame"], row["description"], found.system)
