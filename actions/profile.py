"""The properties of a profile that may be changed, wherever the account is mastered."""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from typing import Annotated

from pydantic import StringConstraints

from actions.clients.graph.values import User
from actions.vocabulary import Change, Plan

_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "æ": "ae", "Æ": "AE", "đ": "d"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})


class Property(StrEnum):
    """The properties that may be changed, by Graph's names."""

    JOB_TITLE = "jobTitle"
    DEPARTMENT = "department"
    OFFICE = "officeLocation"
    MOBILE = "mobilePhone"
    DISPLAY_NAME = "displayName"
    GIVEN_NAME = "givenName"
    SURNAME = "surname"


Value = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[^\s\x00-\x1f\x7f][^\x00-\x1f\x7f]*$")
]
"""One line of text that does not begin with a space."""

COUNTRY = r"^[A-Z]{2}$"
"""A country by its two letters (ISO 3166-1)."""


def plain_letters(text: str) -> str:
    """Return `text` in lower-case letters of ASCII, umlauts and the like written out, for use in a name."""
    spelled = unicodedata.normalize("NFKD", text.translate(_UMLAUTS).translate(_LETTERS))
    return spelled.encode("ascii", "ignore").decode().lower()


def plan_of(user: User, target: str, attribute: Property, value: str) -> Plan:
    """Return nothing where the value is as asked, else one property of `target`."""
    before = _value(user, attribute)
    if before == value:
        return Plan()
    return Plan(changes=(Change(target=target, field=attribute.value, before=before, after=value),))


def _value(user: User, attribute: Property) -> str | None:
    values = {
        Property.JOB_TITLE: user.job_title,
        Property.DEPARTMENT: user.department,
        Property.OFFICE: user.office_location,
        Property.MOBILE: user.mobile_phone,
        Property.DISPLAY_NAME: user.display_name,
        Property.GIVEN_NAME: user.given_name,
        Property.SURNAME: user.surname,
    }
    return values[attribute]
