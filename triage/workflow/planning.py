"""From a playbook's step to a plan: parameters checked, preconditions read, changes foreseen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from actions.contract import Action, World
from actions.errors import OutsideError, Throttled
from actions.vocabulary import Params, Plan, SecretKind
from triage.domain.facts import Facts
from triage.playbooks.model import Step

NOTHING_TO_CHANGE = "plan.nothing_to_change"
"""Blocker: the world already is as asked, so the requester must mean something else."""
LOOK_UP_FAILED = "plan.look_up_failed"
"""Blocker: what the plan rests on could not be read."""
BAD_PARAMETERS = "plan.bad_parameters"
"""Blocker: the action does not take these parameters."""
NO_RECIPIENT = "secret.no_recipient"
"""Blocker: the action makes a secret, and there is no manager to hand it to."""


@dataclass(frozen=True)
class Planned:
    """An action with its parameters and what it would change; `blockers` tell why it must not run."""

    action: Action[Any]
    params: Params
    plan: Plan
    blockers: tuple[str, ...] = ()


async def plan_step(
    step: Step, facts: Facts, actions: Mapping[str, Action[Any]], world: World
) -> Planned | None:
    """Plan `step` with a world that cannot write; `None` when the catalogue has no such action.

    Raises:
        Throttled: a service asks to come back later.
    """
    action = actions.get(step.action)
    if action is None:
        return None
    try:
        params = action.params.model_validate(step.params)
    except ValidationError:
        return Planned(action, Params(), Plan(), (BAD_PARAMETERS,))
    try:
        return await _planned(action, params, facts, world)
    except Throttled:
        raise
    except OutsideError:
        return Planned(action, params, Plan(), (LOOK_UP_FAILED,))


async def _planned(action: Action[Any], params: Params, facts: Facts, world: World) -> Planned:
    blockers = tuple(blocker.code for blocker in await action.check(world, params))
    if action.secret is not SecretKind.NONE and not await _has_recipient(facts, world):
        blockers += (NO_RECIPIENT,)
    if blockers:
        return Planned(action, params, Plan(), blockers)
    plan = await action.plan(world, params)
    return Planned(action, params, plan, (NOTHING_TO_CHANGE,) if plan.empty else ())


async def _has_recipient(facts: Facts, world: World) -> bool:
    """Whether the person's manager is there to sign in and hand the secret over."""
    if facts.target is None or not facts.target.manager_id:
        return False
    manager = await world.graph.users.get(facts.target.manager_id)
    return bool(manager.account_enabled) and not manager.guest and bool(manager.mail)
