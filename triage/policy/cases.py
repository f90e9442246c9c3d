"""Reads policy cases: facts told as differences to a named base, in a folder named for the verdict."""

from __future__ import annotations

from functools import cache
from importlib.resources.abc import Traversable
from typing import Any, Final

import yaml
from pydantic import ValidationError

from actions.vocabulary import Frozen
from triage.domain.decision import ApproverRole, Ruling, Verdict
from triage.domain.facts import Facts
from triage.errors import BadInput
from triage.policy.texts import SHIPPED

CASES: Final[Traversable] = SHIPPED.joinpath("cases")
_REFERENCES: Final = {
    "requester": "people",
    "target": "people",
    "trustee": "people",
    "mailbox_owner": "people",
    "others": "people",
    "group": "groups",
    "license": "licenses",
    "service": "services",
    "mailbox": "mailboxes",
    "share": "shares",
    "device": "devices",
}


class Case(Frozen):
    """One case: facts and what the policy has to say to them.

    `rules` are ids that must be among those that spoke; `count`, `role` and `tier` are checked when given.
    """

    name: str
    why: str
    facts: Facts
    verdict: Verdict
    rules: tuple[str, ...] = ()
    count: int | None = None
    role: ApproverRole | None = None
    tier: int | None = None

    def differences(self, ruling: Ruling) -> tuple[str, ...]:
        """Return in words where a ruling is not what the case wants; empty when it is."""
        spoke = {rule.id for rule in ruling.rules}
        wanted = (
            ("verdict", self.verdict, ruling.verdict),
            ("count", self.count, ruling.approvals.count),
            ("role", self.role, ruling.approvals.role),
            ("tier", self.tier, int(ruling.tier)),
        )
        wrong = [f"{what}: {is_} instead of {want}" for what, want, is_ in wanted if want not in {None, is_}]
        silent = [f"{rule} did not speak" for rule in self.rules if rule not in spoke]
        return (*wrong, *silent, *((f"spoke: {', '.join(sorted(spoke))}",) if wrong or silent else ()))


def load_cases(folder: Traversable = CASES) -> tuple[Case, ...]:
    """Read every case under `folder/{auto,review,blocked,handover}`, in order of verdict and name.

    Raises:
        BadInput: a file is no case; the subject is its name.
    """
    return tuple(
        _case(verdict, one)
        for verdict in Verdict
        for one in sorted(folder.joinpath(verdict.value).iterdir(), key=lambda file: file.name)
        if one.name.endswith(".yaml")
    )


def facts_of(told: Any, name: str) -> Facts:
    """Build facts from `{"base": name, "facts": {differences}}` or from the fields of `Facts` themselves.

    People and things may be named as in cases/world.yaml: `target: anna`, or with differences
    `target: {is: anna, vip: true}`.

    Raises:
        BadInput: a name or field is unknown or a value is of the wrong kind; the subject is `name`.
    """
    if not isinstance(told, dict):
        raise BadInput("This is no mapping of facts.", subject=name, hint="See triage/policy/cases.")
    try:
        return Facts.model_validate(_expand(told))
    except KeyError as error:
        raise BadInput(f"There is no {error} in cases/world.yaml.", subject=name) from error
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise BadInput(f"These are no facts: {wrong}.", subject=name) from error


def person_of(told: str | dict[str, Any]) -> dict[str, Any]:
    """Return the fields of a person of cases/world.yaml, or of one with differences: `{is: anna, vip: true}`.

    Raises:
        BadInput: there is nobody of that name.
    """
    try:
        person: dict[str, Any] = _referred("requester", told, _world())
    except KeyError as error:
        raise BadInput(f"There is no {error} in cases/world.yaml.", subject=str(told)) from error
    return person


def _case(verdict: Verdict, file: Traversable) -> Case:
    name = f"{verdict.value}/{file.name}"
    told = _mapping(file, name)
    expected = {key: value for key, value in told.items() if key not in {"base", "facts"}}
    try:
        return Case(name=name, facts=facts_of(told, name), verdict=verdict, **expected)
    except ValidationError as error:
        raise BadInput(f"This is no case: {error.errors()[0]['msg']}.", subject=name) from error


def _mapping(file: Traversable, name: str) -> dict[str, Any]:
    told = yaml.safe_load(file.read_text(encoding="utf-8"))
    if not isinstance(told, dict):
        raise BadInput("This is no mapping.", subject=name)
    return told


@cache
def _world() -> dict[str, Any]:
    return _mapping(CASES.joinpath("world.yaml"), "world.yaml")


def _expand(told: dict[str, Any]) -> dict[str, Any]:
    if "base" not in told and "facts" not in told:
        return told
    world = _world()
    fields = {**world["common"], **world["bases"][told["base"]], **told.get("facts", {})}
    return {field: _referred(field, value, world) for field, value in fields.items()}


def _referred(field: str, value: Any, world: dict[str, Any]) -> Any:
    kind = _REFERENCES.get(field)
    if kind is None or value is None:
        return {**world["common"]["memory"], **value} if field == "memory" else value
    if isinstance(value, list):
        return [_referred(field, one, world) for one in value]
    if isinstance(value, str):
        return world[kind][value]
    differences = dict(value)
    named = differences.pop("is", None)
    return {**(world[kind][named] if named else {}), **differences}
