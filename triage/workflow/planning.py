"""From a playbook's steps to a plan: parameters checked, preconditions read, changes foreseen."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pydantic import JsonValue, ValidationError

from actions.contract import Action, World
from actions.errors import OutsideError, Throttled
from actions.vocabulary import Params, Plan, Tier
from triage.domain.decision import PlannedStep
from triage.domain.facts import Facts
from triage.playbooks.model import Step
from triage.workflow.newcomer import Newcomer, account_created, works_on_new
from triage.workflow.progress import Progress

NOTHING_TO_CHANGE: Final = "plan.nothing_to_change"
"""Blocker: the world already is as asked, so the requester must mean something else."""
LOOK_UP_FAILED: Final = "plan.look_up_failed"
"""Blocker: what the plan rests on could not be read."""
BAD_PARAMETERS: Final = "plan.bad_parameters"
"""Blocker: the action does not take these parameters."""
NO_RECIPIENT: Final = "secret.no_recipient"
"""Blocker: the action makes a secret, and there is no manager to hand it to."""


@dataclass(frozen=True)
class Planned:
    """A step with its action and what it would change.

    Attributes:
        params: what the action is called with; without values while the step is foreseen.
        blockers: why it must not run, as codes.
        reasons: what the action's own check says, in sentences.
        foreseen: whether it works on an account that is not there yet.
    """

    step: Step
    action: Action[Any]
    params: Params
    plan: Plan
    blockers: tuple[str, ...] = ()
    reasons: tuple[str, ...] = ()
    foreseen: bool = False

    @property
    def told(self) -> PlannedStep:
        """The step as it is decided on, stored and approved."""
        return PlannedStep(
            action=self.action.name,
            version=self.action.version,
            route=self.action.route,
            tier=self.tier,
            params=self.step.params if works_on_new(self.step) else self.params.model_dump(mode="json"),
            changes=self.plan.changes,
            not_before=self.step.not_before,
            foreseen=self.foreseen,
            on_call=self.step.on_call,
            impact=self.step.impact,
        )

    @property
    def tier(self) -> Tier:
        """As what the step counts: its action's tier, or the higher one of a site's own playbook."""
        return max(self.action.tier, self.step.tier)

    @property
    def dispensable(self) -> bool:
        """Whether the plan does without it: nothing to change, or its own check stands in the way."""
        return self.blockers == (NOTHING_TO_CHANGE,) or (self.step.skippable and bool(self.reasons))


@dataclass(frozen=True)
class Course:
    """The steps of a plan in order, at least one; `left_out` tells what is not part of it, and why."""

    steps: tuple[Planned, ...]
    left_out: tuple[str, ...] = ()

    @property
    def first(self) -> Planned:
        """The step that is done first; it gives the plan its name."""
        return self.steps[0]

    @property
    def tier(self) -> Tier:
        """The highest tier of its steps: the whole is as grave as its gravest part."""
        return max(one.tier for one in self.steps)

    @property
    def blockers(self) -> tuple[str, ...]:
        """Why it must not run: every blocker of every step, each once."""
        return tuple(dict.fromkeys(code for one in self.steps for code in one.blockers))

    @property
    def hindrances(self) -> tuple[str, ...]:
        """The same in plain words, as far as the actions' own checks say it."""
        return tuple(dict.fromkeys(sentence for one in self.steps for sentence in one.reasons))


async def plan_course(
    steps: Sequence[Step],
    facts: Facts,
    actions: Mapping[str, Action[Any]],
    world: World,
    progress: Progress | None = None,
) -> Course | None:
    """Plan `steps` with a world that cannot write; `None` without any, or without the action of one.

    What is done already is left out, and where there are several, what the plan can do without.

    Raises:
        Throttled: a service asks to come back later.
    """
    if not steps or any(step.action not in actions for step in steps):
        return None
    ready = [step for step in steps if not works_on_new(step)]
    planned = list(await asyncio.gather(*(_plan(step, actions[step.action], facts, world) for step in ready)))
    if len(ready) < len(steps):
        done = progress.done if progress else ()
        newcomer = await account_created((*done, *(one.told for one in planned)), world, begun=bool(done))
        later = [step for step in steps if works_on_new(step)]
        planned += [await _plan_on(newcomer, step, actions[step.action], facts, world) for step in later]
    left = [one for one in planned if progress is None or not progress.includes(one.told)]
    return _course(left)


def _course(planned: Sequence[Planned]) -> Course | None:
    needed = tuple(one for one in planned if not one.dispensable)
    missing = [one for one in planned if one.dispensable and one.reasons]
    told = tuple(f"{one.action.title}: {' '.join(one.reasons)}" for one in missing)
    steps = needed or tuple(planned[:1])
    return Course(steps, told) if steps else None


async def _plan_on(
    newcomer: Newcomer | None, step: Step, action: Action[Any], facts: Facts, world: World
) -> Planned:
    """Plan a step on the account that an earlier one creates, or foresee it while that is not there."""
    if newcomer is None:
        return Planned(step, action, Params(), Plan(), (BAD_PARAMETERS,))
    asked = newcomer.asked(step)
    if not newcomer.id:
        plan = newcomer.foreseen(step, action.title)
        return Planned(asked, action, Params(), plan, foreseen=True)
    made = await _plan(step, action, facts, world, newcomer.meant(step))
    return Planned(asked, action, made.params, made.plan, made.blockers, made.reasons)


async def _plan(
    step: Step,
    action: Action[Any],
    facts: Facts,
    world: World,
    given: dict[str, JsonValue] | None = None,
) -> Planned:
    try:
        params = action.params.model_validate(given or step.params)
    except ValidationError:
        return Planned(step, action, Params(), Plan(), (BAD_PARAMETERS,))
    try:
        return await _planned(step, action, params, facts, world)
    except Throttled:
        raise
    except OutsideError:
        return Planned(step, action, params, Plan(), (LOOK_UP_FAILED,))


async def _planned(step: Step, action: Action[Any], params: Params, facts: Facts, world: World) -> Planned:
    found = await action.check(world, params)
    blockers = tuple(blocker.code for blocker in found)
    if action.secret.handed_over and not await _has_recipient(action, facts, world):
        blockers += (NO_RECIPIENT,)
    if blockers:
        reasons = tuple(blocker.sentence for blocker in found)
        return Planned(step, action, params, Plan(), blockers, reasons)
    plan = await action.plan(world, params)
    return Planned(step, action, params, plan, (NOTHING_TO_CHANGE,) if plan.empty else ())


async def _has_recipient(action: Action[Any], facts: Facts, world: World) -> bool:
    """Whether who is handed the secret is there to sign in and open it."""
    recipient_id = recipient_of(action, facts)
    if not recipient_id:
        return False
    recipient = await world.graph.users.get(recipient_id)
    return bool(recipient.account_enabled) and not recipient.guest and bool(recipient.mail)


def recipient_of(action: Action[Any], facts: Facts) -> str:
    """Return the object id of who is handed a secret: owner, manager, or the manager a newcomer gets."""
    if facts.target is not None:
        return facts.target.id if action.to_owner else facts.target.manager_id
    return facts.newcomer_manager_id
