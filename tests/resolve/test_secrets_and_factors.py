"""Marks in asks that end in a secret: it is wanted elsewhere, or the second factor went with the phone."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from triage.domain.facts import Signal
from triage.domain.request import Request
from triage.domain.site import Site
from triage.domain.ticket import Ticket
from triage.resolve.directory import Directory
from triage.resolve.reading import read_ticket
from triage.resolve.signals import signals_of

SITE = Site(organization="Harborline", domains=("harborline.example",), tenant_id="t")


def marks(words: str, label: str = "password_reset") -> set[Signal]:
    ticket = Ticket(
        source="test", sys_id="1", opened_at=datetime(2026, 11, 24, tzinfo=UTC), description=words
    )
    reading = read_ticket(ticket, Directory())
    return set(signals_of(ticket, label, reading, Request(label=label), SITE))


@pytest.mark.parametrize(
    "words",
    [
        "Forgot my password, please send the new one to kim81@webmail.example.",
        "Passwort vergessen, das neue bitte an kim@Postfach.example",
        "Mot de passe oublié: kim@courriel.example",
    ],
)
def test_an_address_outside_in_an_ask_for_a_secret_is_where_it_is_wanted(words: str) -> None:
    assert Signal.PRIVATE_DELIVERY in marks(words)


def test_an_address_of_ours_and_an_address_where_no_secret_ends_are_no_mark() -> None:
    assert marks("I forgot my password, my account is kim@harborline.example.") == set()
    assert Signal.PRIVATE_DELIVERY not in marks("Add kim@partner.example to the group.", "group_add_member")


@pytest.mark.parametrize(
    "words",
    [
        "I lost my phone and forgot my password, please reset both.",
        "Neues Handy, und mein Passwort habe ich auch vergessen.",
        "I need a temporary access pass, I forgot my password.",
    ],
)
def test_a_phone_that_went_with_the_password_is_a_second_ask(words: str) -> None:
    assert marks(words) & {Signal.SECOND_ASK, Signal.MFA_AND_PASSWORD}


def test_a_telephone_licence_is_no_lost_phone() -> None:
    assert Signal.SECOND_ASK not in marks("A new phone licence for Kim, please.", "license_assign")
