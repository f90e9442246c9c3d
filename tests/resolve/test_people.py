"""Everybody a ticket can name is found by every name they have, and nobody else is."""

from __future__ import annotations

import pytest

from tests.resolve.town import asked, ticket, value
from triage.domain.request import Source

FINANCE_ANNA, SALES_ANNA = "aschmidt", "aschmidt2"


@pytest.mark.parametrize(
    ("named", "account"),
    [
        ("lwojcik@quay.example", "lwojcik"),
        ("LWojcik@Quay.Example", "lwojcik"),
        ("the account lwojcik", "lwojcik"),
        ("employee Q1009", "lwojcik"),
        ("Łukasz Wójcik", "lwojcik"),
        ("Lukasz Wojcik", "lwojcik"),
        ("Wójcik, Łukasz", "lwojcik"),
        ("Wojcik Lukasz", "lwojcik"),
        ("LUKASZ WOJCIK", "lwojcik"),
        ("Lukas Wojcik", "lwojcik"),
        ("Lukasz Wocjik", "lwojcik"),
        ("Zoe O'Brien", "zobrien"),
        ("Zoë O’Brien", "zobrien"),
        ("Rosa Koenig", "rkonig"),
        ("Rosa Konig", "rkonig"),
        ("Paula Vieira da Cunha", "pvieiradacunha"),
        ("Paula da Cunha", "pvieiradacunha"),
        ("P. Novák", "pnovak"),
    ],
)
def test_a_person_is_found_by_every_name_they_have(named: str, account: str) -> None:
    found = asked("group_add_member", ticket(f"Please add {named} to SG-VPN-Users", caller="obrandt"))
    assert value(found, "user") == account
    assert found.parameters["user"].source is Source.TEXT


@pytest.mark.parametrize(
    ("subject", "account"),
    [
        ("Bitte Zugriff auf SG-VPN-Users für Jürgen Müllers Konto", "jmuller"),
        ("SG-VPN-Users: add Rosa König's account please", "rkonig"),
        ("Kan Rosa Königs account lid worden van SG-VPN-Users?", "rkonig"),
    ],
)
def test_a_genitive_does_not_hide_a_name(subject: str, account: str) -> None:
    assert value(asked("group_add_member", ticket(subject, caller="obrandt")), "user") == account


@pytest.mark.parametrize("named", ["Lotte Wagner", "Peter Nowack", "Anna Maria Rossi", "Konrad Müller"])
def test_a_stranger_is_nobody_in_the_directory(named: str) -> None:
    found = asked("group_add_member", ticket(f"Please add {named} to SG-VPN-Users", caller="obrandt"))
    assert value(found, "user") is None
    assert "user" in found.missing


def test_an_address_of_our_own_that_nobody_has_names_nobody() -> None:
    found = asked("group_add_member", ticket("Add nobody.here@quay.example to SG-VPN-Users please"))
    assert value(found, "user") is None


def test_two_of_one_name_are_two_candidates() -> None:
    found = asked("group_add_member", ticket("Please add Anna Schmidt to SG-VPN-Users", caller="hberg"))
    assert value(found, "user") is None
    assert found.ambiguous["user"] == (f"{FINANCE_ANNA}@quay.example", f"{SALES_ANNA}@quay.example")


@pytest.mark.parametrize(
    ("body", "account"),
    [
        ("Please add Anna Schmidt (Sales) to SG-VPN-Users.", SALES_ANNA),
        ("Please add Anna Schmidt from Finance to SG-VPN-Users.", FINANCE_ANNA),
        ("Please add Anna Schmidt to SG-VPN-Users. Her account is aschmidt2@quay.example.", SALES_ANNA),
    ],
)
def test_a_department_or_an_address_tells_two_of_one_name_apart(body: str, account: str) -> None:
    assert value(asked("group_add_member", ticket("VPN", body, caller="hberg")), "user") == account


def test_an_account_with_a_numbered_twin_may_be_either() -> None:
    found = asked("group_add_member", ticket("Please add aschmidt to SG-VPN-Users", caller="hberg"))
    assert len(found.ambiguous["user"]) == 2
    exact = asked("group_add_member", ticket("Please add aschmidt2 to SG-VPN-Users", caller="hberg"))
    assert value(exact, "user") == SALES_ANNA


@pytest.mark.parametrize(
    ("caller", "account"), [("rkonig", "pnovak"), ("lwojcik", "pnovak")], ids=["chief", "same team"]
)
def test_a_first_name_is_the_one_near_the_caller(caller: str, account: str) -> None:
    found = asked("group_add_member", ticket("Please add Peter to SG-VPN-Users", caller=caller))
    assert value(found, "user") == account


def test_a_first_name_that_several_have_is_unclear_to_those_far_away() -> None:
    found = asked("group_add_member", ticket("Please add Peter to SG-VPN-Users", caller="jmuller"))
    assert len(found.ambiguous["user"]) == 2


def test_a_surname_counts_behind_a_title() -> None:
    found = asked("group_add_member", ticket("Bitte Herrn Novák in SG-VPN-Users aufnehmen", caller="rkonig"))
    assert value(found, "user") == "pnovak"


def test_a_first_name_that_is_a_word_names_nobody() -> None:
    found = asked("password_reset", ticket("Will you help me?", "I forgot my password."))
    assert value(found, "user") == "jmuller"


def test_several_people_listed_are_several() -> None:
    text = "Please add Rosa König, Łukasz Wójcik and Peter Novák to SG-VPN-Users."
    found = asked("group_add_member", ticket("VPN for three", text, caller="obrandt"))
    assert value(found, "user") == ("rkonig", "lwojcik", "pnovak")
    assert len(found.parameters["user"].ids) == 3
    assert found.parameters["user"].evidence == "Rosa König; Łukasz Wójcik; Peter Novák"
