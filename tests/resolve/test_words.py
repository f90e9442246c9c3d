"""What is wanted is told from what is, was or is elsewhere: switches, names, rights, systems, servers."""

from __future__ import annotations

import pytest

from tests.resolve.town import asked, ticket, value
from triage.domain.facts import Signal


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ("Please turn on my out of office.", "enabled"),
        ("Please turn off my out of office.", "disabled"),
        ("Bitte Abwesenheitsnotiz einschalten.", "enabled"),
        ("Bitte die Abwesenheitsnotiz ausschalten.", "disabled"),
        ("Je suis en arrêt maladie, merci d'activer une réponse automatique.", "enabled"),
        ("I am back, people still get my holiday message.", "disabled"),
    ],
)
def test_replies_go_on_or_off_as_the_words_say(body: str, state: str) -> None:
    assert value(asked("automatic_replies", ticket("absence", body)), "state") == state


@pytest.mark.parametrize(
    "body",
    [
        "I got married and my name is now Jürgen Albrecht. Please change it.",
        "Ich heiße jetzt Albrecht, bitte den Nachnamen ändern.",
        "Mein neuer Nachname ist Albrecht, geheiratet haben wir im Mai.",
    ],
)
def test_a_new_surname_is_no_stranger(body: str) -> None:
    found = asked("profile_update", ticket("name change", body))
    assert (value(found, "user"), value(found, "attribute"), value(found, "value")) == (
        "jmuller",
        "surname",
        "Albrecht",
    )


@pytest.mark.parametrize(
    ("body", "rights"),
    [
        ("Please give me full access to reception@quay.example.", "FullAccess"),
        ("I can read reception@quay.example but I am not allowed to send from it.", "SendAs"),
        ("I need to read and answer in reception@quay.example.", ("FullAccess", "SendAs")),
        ("I should send on behalf of reception@quay.example; full access is not needed.", "SendOnBehalf"),
    ],
)
def test_rights_are_those_wanted(body: str, rights: str | tuple[str, ...]) -> None:
    assert value(asked("mailbox_permission_grant", ticket("mailbox", body)), "permission") == rights


@pytest.mark.parametrize(
    "body",
    [
        "My account in Trellowave is locked.",
        "I forgot my password for the supplier portal.",
        "The password of the guest wifi does not work.",
        "Forgot my password. My Windows login works fine.",
        "My CargoTrack password expired.",
    ],
)
def test_a_password_of_another_system_is_handed_over(body: str) -> None:
    assert Signal.OTHER_SYSTEM in asked("password_reset", ticket("password", body)).signals


@pytest.mark.parametrize(
    "body",
    [
        "I forgot my password for Windows.",
        "Please reset the password for Rosa König, she is in Sales.",
        "My account is locked since Monday.",
        "Reset my password please, I cannot log in on my laptop.",
    ],
)
def test_a_password_of_ours_is_not(body: str) -> None:
    assert Signal.OTHER_SYSTEM not in asked("password_reset", ticket("password", body)).signals


def test_a_service_tells_the_only_server_that_runs_it() -> None:
    found = asked("service_restart", ticket("ReportRunner hangs", "Please restart the ReportRunner."))
    assert (value(found, "server"), value(found, "service")) == ("QY-APP02", "ReportRunner")


def test_my_manager_is_who_the_directory_says() -> None:
    found = asked("password_reset", ticket("boss locked out", "My manager cannot log in, she forgot it."))
    assert value(found, "user") in {"obrandt", None}
    assert value(found, "user") != "jmuller"


@pytest.mark.parametrize("named", ["Herrn Wiesenthal", "Lotte Wagner", "Lotte"])
def test_what_a_stranger_needs_is_not_asked_for_the_caller(named: str) -> None:
    found = asked(
        "license_assign", ticket("Lizenz", f"Bitte für {named} eine Lizenz Visio Plan 1 bestellen.")
    )
    assert value(found, "user") is None


def test_the_sender_may_be_one_of_a_list() -> None:
    found = asked("group_add_member", ticket("VPN", "Please add Rosa König and me to SG-VPN-Users."))
    assert value(found, "user") == ("rkonig", "jmuller")
