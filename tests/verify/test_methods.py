"""What proofs are worth: two by different methods count as two, and age ends each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from triage.verify.method import NOTHING, Assurance, Given, proven
from triage.verify.methods import load

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
METHODS = load()


def given(*methods: str, ago: timedelta = timedelta(minutes=1)) -> list[Given]:
    at = NOW - ago
    return [Given(method=one, given_at=at, expires_at=at + timedelta(hours=1)) for one in methods]


def test_every_method_says_what_it_is_worth_and_how_it_is_done() -> None:
    assert set(METHODS) >= {"portal_sign_in", "code", "callback", "attestation"}
    for method in METHODS.values():
        assert method.worth > Assurance.NONE
        assert method.how.endswith(".")
        assert method.lifetime > timedelta()


def test_nothing_is_nothing() -> None:
    assert proven([], METHODS, NOW) == NOTHING


@pytest.mark.parametrize(
    ("methods", "level"),
    [
        (("code",), Assurance.ONE),
        (("callback", "callback"), Assurance.ONE),
        (("code", "callback"), Assurance.TWO),
        (("code", "callback", "attestation"), Assurance.TWO),
        (("birthday", "employee_number"), Assurance.NONE),
        (("birthday", "code"), Assurance.ONE),
    ],
)
def test_two_proofs_are_two_only_by_different_methods_and_knowledge_earns_nothing(
    methods: tuple[str, ...], level: Assurance
) -> None:
    assert proven(given(*methods), METHODS, NOW).level is level


def test_a_proof_ends_and_none_comes_from_the_future() -> None:
    assert proven(given("code", ago=timedelta(hours=2)), METHODS, NOW) == NOTHING
    assert proven(given("code", ago=-timedelta(minutes=5)), METHODS, NOW) == NOTHING


def test_what_is_proven_names_its_methods() -> None:
    assert proven(given("code", "callback"), METHODS, NOW).methods == ("callback", "code")
