"""Steps on an account that an earlier step creates: named by its UPN until it is there, then by its id."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from pydantic import JsonValue

from actions.contract import World
from actions.errors import NotFound
from actions.vocabulary import Change, Plan
from triage.domain.decision import PlannedStep
from triage.playbooks.model import NEW_ACCOUNT, Step

SIGN_IN_NAME: Final = "userPrincipalName"
"""The field of a plan that names the account it creates."""
_NEW: Final = "new:"


@dataclass(frozen=True)
class Newcomer:
    """The account by the name that was approved; `id` is empty while it is not there."""

    upn: str
    id: str = ""

    def asked(self, step: Step) -> Step:
        """The step as it is decided on: the account stands in it by name."""
        return step.model_copy(update={"params": _put(step, f"{_NEW}{self.upn}")})

    def meant(self, step: Step) -> dict[str, JsonValue]:
        """What the step's action is called with, once the account is there."""
        return _put(step, self.id)

    def foreseen(self, step: Step, title: str) -> Plan:
        """What the step will change, as far as that can be told before the account is there."""
        wanted = ", ".join(step.about) or "done"
        return Plan(changes=(Change(target=f"new account {self.upn}", field=title, after=wanted),))


def works_on_new(step: Step) -> bool:
    """Whether a step works on the account an earlier one creates, as chosen or as decided on."""
    return reference(step.params) != ""


def reference(params: dict[str, JsonValue]) -> str:
    """Return what stands for the new account among parameters; empty where nothing does."""
    texts = [value for value in params.values() if isinstance(value, str)]
    return next((one for one in texts if one == NEW_ACCOUNT or one.startswith(_NEW)), "")


def name_in(params: dict[str, JsonValue]) -> str:
    """Return the UPN of the new account that stands among the parameters of a step as decided on."""
    return reference(params).removeprefix(_NEW)


async def account_created(steps: Iterable[PlannedStep], world: World, *, begun: bool) -> Newcomer | None:
    """Return the account one of `steps` creates; with its id, once the plan has `begun` and it is there."""
    named = [change.after for step in steps for change in step.changes if change.field == SIGN_IN_NAME]
    if not named or not named[0]:
        return None
    if not begun:
        return Newcomer(named[0])
    try:
        return Newcomer(named[0], (await world.graph.users.get(named[0])).id)
    except NotFound:
        return Newcomer(named[0])


def _put(step: Step, account: str) -> dict[str, JsonValue]:
    return {name: account if value == NEW_ACCOUNT else value for name, value in step.params.items()}
