"""Notions are found across languages and travel as marks behind the text."""

import pytest

from models.concepts import annotate, mark, notions, without_marks

UNLOCK = [
    "unlock my account",
    "Konto entsperren",
    "débloquer le compte",
    "account ontgrendelen",
    "desbloquear la cuenta",
    "odblokować konto",
    "desbloquear a conta",
    "sbloccare l'account",
]


@pytest.mark.parametrize("text", UNLOCK)
def test_eight_languages_ask_for_the_same(text: str) -> None:
    assert {"unlock", "account"} <= set(notions(text))


@pytest.mark.parametrize(
    "text", ["all solved, thanks", "hat sich erledigt", "c'est résolu", "is opgelost", "resuelto"]
)
def test_finished_business_is_noticed(text: str) -> None:
    assert {"done", "cancel"} & set(notions(text))


def test_marks_are_taken_off_as_they_were_put_on() -> None:
    text = "please unlock me"
    assert without_marks(annotate(text)) == (text, f"{mark('unlock')}")
    assert without_marks("nothing here") == ("nothing here", "")


def test_a_reply_and_a_question_are_notions() -> None:
    assert {"reply", "asked"} <= set(notions("Re: calendar, can you close it?"))
