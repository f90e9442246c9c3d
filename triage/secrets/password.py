"""Making temporary passwords."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from pydantic import SecretStr

_UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_LOWER = "abcdefghijkmnpqrstuvwxyz"
_DIGITS = "23456789"
_ALPHABET = _UPPER + _LOWER + _DIGITS
_GROUPS, _GROUP = 4, 4


def new_password(choose: Callable[[str], str] = secrets.choice) -> SecretStr:
    """A temporary password of four groups of four characters, about 92 bits, without look-alike characters.

    Entra asks for three of four character classes; the dash between the groups is the fourth.

    Args:
        choose: picks one character of a string; the system's secure source unless a test says otherwise.
    """
    while True:
        groups = ["".join(choose(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS)]
        letters = "".join(groups)
        if all(any(c in letters for c in kind) for kind in (_UPPER, _LOWER, _DIGITS)):
            return SecretStr("-".join(groups))
