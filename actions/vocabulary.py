"""The shared words: tier, route, parameters, change, plan. Pure data, so that policy can use them."""

from __future__ import annotations

import hashlib
import json
from enum import IntEnum, StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints

ObjectId = Annotated[
    str, StringConstraints(to_lower=True, pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")
]
"""An immutable id (GUID) of Entra: of a person, a group, a licence."""


class Frozen(BaseModel):
    """Base of every value: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Tier(IntEnum):
    """Security tier of an action: the least it may be treated as; policy can only raise it."""

    READ = 0
    REVERSIBLE = 1
    DISRUPTIVE = 2
    CREDENTIAL = 3
    EXCEPTIONAL = 4


class Route(StrEnum):
    """Where an action takes effect: Microsoft Graph, a hybrid worker on-premises, or nowhere."""

    CLOUD = "cloud"
    ONPREM = "onprem"
    NONE = "none"


class SecretKind(StrEnum):
    """Where the secret of an action comes from.

    GIVEN: the workflow makes and seals it before the call and hands it in. VAULT: a runbook makes it on the
    hybrid worker and leaves it in Key Vault (job parameters and output stay readable for 30 days). UNSEEN: as
    given, and destroyed once it has taken effect: nobody ever sees it.
    """

    NONE = "none"
    GIVEN = "given"
    VAULT = "vault"
    UNSEEN = "unseen"

    @property
    def handed_over(self) -> bool:
        """Whether somebody is given it."""
        return self in {SecretKind.GIVEN, SecretKind.VAULT}

    @property
    def ours(self) -> bool:
        """Whether the workflow makes it."""
        return self in {SecretKind.GIVEN, SecretKind.UNSEEN}


class Params(Frozen):
    """Base of every action's parameters."""


class Change(Frozen):
    """One line of a plan: `field` of `target` goes from `before` to `after` (`None`: absent or unknown)."""

    target: str
    field: str
    before: str | None = None
    after: str | None = None


class Plan(Frozen):
    """What would change. Empty means that the world already is as asked."""

    changes: tuple[Change, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether nothing is left to do."""
        return not self.changes

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the changes in canonical JSON."""
        lines = [change.model_dump() for change in self.changes]
        return hashlib.sha256(json.dumps(lines, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
