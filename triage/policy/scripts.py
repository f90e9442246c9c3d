"""Reads rehearsals: scripted attacks that must get nowhere, and ordinary days on which asks must run."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from typing import Any, Final, Literal

import yaml
from pydantic import Field, ValidationError

from actions.vocabulary import Frozen
from triage.domain.decision import Verdict
from triage.errors import BadInput
from triage.policy.texts import SHIPPED

REHEARSALS: Final[Traversable] = SHIPPED.joinpath("rehearsals")


class Attempt(Frozen):
    """Somebody tries to approve what the step before asked for.

    `by` is a person of cases/world.yaml, or differences to one; `opened` and `approved` name who opened the
    ticket and who approved it before; `proven` is how surely the person affected asks (0..3); `allowed` is
    what must come of it.
    """

    by: str | dict[str, Any]
    roles: frozenset[str] = frozenset({"approver"})
    fresh_sign_in: bool = True
    hr: bool = False
    opened: str = ""
    approved: tuple[str, ...] = ()
    approved_1h: int = 0
    approved_24h: int = 0
    proven: int = 0
    allowed: bool


class Step(Frozen):
    """One ticket of a script, or several alike from different people.

    Attributes:
        say: what happens, for the reader.
        base, facts: the ask, as in the cases; `memory` is what the steps before left.
        minutes: how long after the step before.
        times: how many people ask the same within the minute.
        expect: the verdicts that are right; empty when only `at_most` counts.
        at_most: how many of the `times` may run by themselves.
        tier: the tier it has to have.
        event: what becomes of it; a ticket that runs by itself is done.
        attempts: who tries to approve it.
    """

    say: str
    base: str
    facts: dict[str, Any] = Field(default_factory=dict)
    minutes: float = 0
    times: int = Field(default=1, ge=1)
    expect: tuple[Verdict, ...] = ()
    at_most: int | None = None
    tier: int | None = None
    event: Literal["done", "closed", "failed", "repudiated"] | None = None
    attempts: tuple[Attempt, ...] = ()


class Script(Frozen):
    """A rehearsal: an attack that must get nowhere, or a day on which ordinary asks must run."""

    name: str
    title: str
    source: str
    steps: tuple[Step, ...]


def load_scripts(folder: Traversable = REHEARSALS) -> tuple[Script, ...]:
    """Read every script in `folder`, in order of name.

    Raises:
        BadInput: a file is no script; the subject is its name.
    """
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".yaml")), key=lambda one: one.name)
    return tuple(_script(one) for one in files)


def _script(file: Traversable) -> Script:
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    try:
        return Script.model_validate({"name": file.name.removesuffix(".yaml"), **told})
    except (ValidationError, TypeError) as error:
        raise BadInput(f"This is no rehearsal: {error}.", subject=file.name) from error
