"""Which step of renewing the client secret comes next, told from what stands outside alone (key-vault.md).

Nothing is kept here: registration, vault and the service's own file tell how far a rotation has come, so that
it may be broken off anywhere and taken up again. The secret in use is only replaced by one that Entra has
accepted, and only removed when the service has held the new one for a while.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from pydantic import SecretStr

from actions.clients.graph.applications import Credential, Registration
from actions.clients.keyvault import Secret

MARK: Final = "ticket-triage rotation"
"""Display name of every secret we make; one of that name whose value nobody holds is removed."""
KEY_ID, FORMER, SWITCHED, MADE, OPEN = "keyId", "formerKeyId", "switchedAt", "madeAt", "open"
"""Tags of the secret's versions in the vault."""

_SETTLED = timedelta(hours=1)
"""After this long Graph shows a new credential for certain."""
_GIVEN_UP = timedelta(days=1)


class Kind(StrEnum):
    """What is to be done."""

    REMOVE = "remove"
    ADD = "add"
    PROVE = "prove"
    HOLD = "hold"
    DROP = "drop"
    WAIT = "wait"
    UNACCEPTED = "unaccepted"
    REST = "rest"


@dataclass(frozen=True)
class Move:
    """One step, with the credential it is about and the sentence people read."""

    kind: Kind
    sentence: str
    key_id: str = ""


@dataclass(frozen=True)
class Standing:
    """What stands outside.

    Attributes:
        registration: with all its credentials.
        current: the newest version in the vault of the secret in use; `None` before the first rotation.
        candidate: the newest version of the one that is to replace it, or was.
        held: what the service itself would prove itself with now; `None` where that is somebody else's.
    """

    registration: Registration
    current: Secret | None
    candidate: Secret | None
    held: SecretStr | None

    def credential(self, key_id: str) -> Credential | None:
        """Return the secret of the registration with this key id."""
        found = (one for one in self.registration.password_credentials if one.key_id == key_id)
        return next(found, None)

    @property
    def in_use(self) -> Credential | None:
        """The credential in use: by its key id in the vault, else the only one that begins as ours does."""
        if self.current is not None and (found := self.credential(self.current.tags.get(KEY_ID, ""))):
            return found
        start = self.held.get_secret_value()[:3] if self.held else ""
        alike = [one for one in self.registration.password_credentials if start and one.hint == start]
        return alike[0] if len(alike) == 1 else None

    @property
    def behind(self) -> bool:
        """Whether the service holds another secret than the good one in the vault."""
        current = self.current
        if current is None or self.held is None or self.credential(current.tags.get(KEY_ID, "")) is None:
            return False
        return self.held != current.value

    @property
    def open(self) -> Secret | None:
        """The candidate, as long as it has not replaced the current one and was not dropped."""
        found = self.candidate
        if found is None or found.tags.get(OPEN) != "yes":
            return None
        return None if self.current and self.current.tags.get(KEY_ID) == found.tags.get(KEY_ID) else found


@dataclass(frozen=True)
class Rules:
    """When and how: see the settings of the same names."""

    before: timedelta
    overlap: timedelta


def next_move(standing: Standing, rules: Rules, now: datetime, *, force: bool = False) -> Move:
    """Return the next step at `now` (aware); `force` begins a rotation that is not due yet."""
    candidate, former = standing.open, _former(standing)
    known = {one.tags.get(KEY_ID) for one in (standing.current, candidate) if one} | {former}
    for one in standing.registration.password_credentials:
        if one.display_name == MARK and one.key_id not in known:
            return Move(Kind.REMOVE, f"remove {one.key_id}, whose value nobody holds", one.key_id)
    if candidate is not None:
        return _with_candidate(standing, candidate, now)
    if standing.behind:
        return Move(Kind.HOLD, "give the service the secret that the vault has", former)
    if standing.credential(former):
        return _with_former(standing, former, rules, now)
    used = standing.in_use
    if force or used is None or used.end_date_time - now <= rules.before:
        return Move(Kind.ADD, "add a new secret, and keep it in the vault beside the one in use")
    due, end = used.end_date_time - rules.before, used.end_date_time
    return Move(Kind.REST, f"nothing to do before {due:%Y-%m-%d}: {used.key_id} ends on {end:%Y-%m-%d}")


def _with_candidate(standing: Standing, candidate: Secret, now: datetime) -> Move:
    key_id = candidate.tags.get(KEY_ID, "")
    age = now - moment(candidate.tags.get(MADE), now - _GIVEN_UP)
    if age >= _GIVEN_UP:
        return Move(Kind.DROP, f"give {key_id} up, which Entra did not accept within a day", key_id)
    if age >= _SETTLED and standing.credential(key_id) is None:
        return Move(Kind.DROP, f"give {key_id} up, which is not in the registration", key_id)
    return Move(Kind.PROVE, f"wait until Entra accepts {key_id}, then use it", key_id)


def _with_former(standing: Standing, former: str, rules: Rules, now: datetime) -> Move:
    current = standing.current
    assert current is not None
    until = moment(current.tags.get(SWITCHED), now) + rules.overlap
    if now < until:
        when = f"{until:%Y-%m-%d %H:%M} UTC"
        return Move(Kind.WAIT, f"{former} stays good until {when}, then it is removed", former)
    return Move(Kind.REMOVE, f"remove {former}, which was replaced", former)


def _former(standing: Standing) -> str:
    return standing.current.tags.get(FORMER, "") if standing.current else ""


def moment(text: str | None, otherwise: datetime) -> datetime:
    """Read a time that we wrote into a tag; what cannot be read counts as `otherwise`."""
    try:
        found = datetime.fromisoformat(text or "")
    except ValueError:
        return otherwise
    return found if found.tzinfo else otherwise
