"""When credentials end and who has to hear of it: pure, for status, warnings and doctor alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import AwareDatetime

from actions.clients.graph.applications import Credential, Registration
from actions.vocabulary import Frozen

WARNED: Final = (0, 1, 7, 14, 30)
"""Days before the end at which people are told, once each; 0 is the end itself."""


class Kind(StrEnum):
    """What a credential is."""

    SECRET = "secret"  # noqa: S105 - a word, no password
    CERTIFICATE = "certificate"


class Life(Frozen):
    """A credential of our registration and its end; `in_use` is what we believe the service works with."""

    key_id: str
    name: str
    kind: Kind
    ends_at: AwareDatetime
    in_use: bool

    def days_left(self, now: datetime) -> int:
        """Whole days until the end, rounded down; negative once it is past."""
        return (self.ends_at - now).days

    def warning(self, now: datetime) -> int | None:
        """Return the closest threshold of `WARNED` that is reached, or `None` while there is time."""
        left = self.ends_at - now
        return next((days for days in WARNED if left <= timedelta(days=days)), None)


def lives(found: Registration, *, start: str = "") -> tuple[Life, ...]:
    """Return all credentials, the one that ends last first.

    Args:
        found: the registration as Graph shows it.
        start: the first three characters of the secret we use. Of the secrets that begin so, the one that
            ends last is in use; where none does, every credential may be.
    """
    alike = [one for one in found.password_credentials if start and one.hint == start[:3]]
    used = {max(alike, key=lambda one: one.end_date_time).key_id} if alike else None
    secrets = _told(found.password_credentials, Kind.SECRET, used)
    certificates = _told(found.key_credentials, Kind.CERTIFICATE, used)
    return tuple(sorted((*secrets, *certificates), key=lambda one: one.ends_at, reverse=True))


def serving(found: Iterable[Life]) -> Life | None:
    """Return the credential in use that ends last: as long as it is good, the service works."""
    return max((one for one in found if one.in_use), key=lambda one: one.ends_at, default=None)


def _told(found: Iterable[Credential], kind: Kind, used: set[str] | None) -> list[Life]:
    return [
        Life(
            key_id=one.key_id,
            name=one.display_name or one.key_id,
            kind=kind,
            ends_at=one.end_date_time,
            in_use=used is None or one.key_id in used,
        )
        for one in found
    ]
