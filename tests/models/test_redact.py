"""Names and numbers never reach a model; words of the language do."""

import pytest

from models.names import mask_names
from models.redact import redact

KINDS = {
    "write to a.b-c@mail.example now": "xmail",
    "see https://portal.example/x?y=1 please": "xurl",
    r"on \\HL-FS-01\Finance now": "xshare",
    "ref INC0012345 open": "xticket",
    "from 2026-03-01 on": "xdate",
    "from 01.03.2026 on": "xdate",
    "call +49 151 2345678 now": "xphone",
    "server HL-PRN-01 hangs": "xhost",
    "id 1234567 there": "xnum",
    "at 10:45 sharp": "xtime",
    "key 3b760aa5-42ce-5772-99d2-9337a7d8b9c5 set": "xguid",
}


@pytest.mark.parametrize(("text", "kind"), KINDS.items())
def test_what_names_a_thing_becomes_its_kind(text: str, kind: str) -> None:
    words = redact(text).split()
    assert kind in words
    assert words[0] == text.split(maxsplit=1)[0]
    assert words[-1] == text.rsplit(maxsplit=1)[-1]


@pytest.mark.parametrize(
    "text",
    [
        "Anna Schmidt",
        "anna schmidt",
        "Freya Ramos",
        "Łukasz Wiśniewski",
        "Hiroshi Tanaka",
        "Fatima O'Brien",
        "Mark Taylor",
    ],
)
def test_people_become_one_word(text: str) -> None:
    assert mask_names(f"unlock {text} please") == "unlock xname please"


def test_a_title_makes_the_next_word_a_name() -> None:
    assert mask_names("Frau Unbekanntheimer ruft an") == "xname ruft an"


@pytest.mark.parametrize(
    "text",
    [
        "Grant access to the share",
        "Please mark the mail",
        "May I edit it?",
        "Der Server hängt",
        "Close the ticket, Bill is due",
    ],
)
def test_words_that_are_names_too_stay_words(text: str) -> None:
    assert mask_names(text) == text
