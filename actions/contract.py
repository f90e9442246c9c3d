"""What an action is: one frozen record in which every field is something a reviewer may ask about."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Generic, TypeVar

from pydantic import SecretStr

from actions.clients.automation import AutomationClient
from actions.clients.graph import GraphClient
from actions.clients.keyvault import KeyVaultClient
from actions.vocabulary import Change, Params, Plan, Route, SecretKind, Tier


@dataclass(frozen=True)
class World:
    """The outside as one action may see it; a reading world is built on a transport that cannot write."""

    graph: GraphClient
    automation: AutomationClient
    vault: KeyVaultClient

    def live(self) -> World:
        """Return the same world, in which nobody is known from a moment ago."""
        return World(self.graph.live(), self.automation, self.vault)


@dataclass(frozen=True)
class RunContext:
    """The run on whose behalf an action works.

    Attributes:
        run_id: our id; the execution id of runbooks and the `client-request-id` of Graph calls.
        started_at: when the intent was committed (aware, UTC); effects before it are not ours.
        secret: the sealed secret's plain value where we make it (`SecretKind.ours`), else `None`.
        secret_name: the Key Vault name for `SecretKind.VAULT`, else the empty string.
    """

    run_id: uuid.UUID
    started_at: datetime
    secret: SecretStr | None = field(default=None, repr=False)
    secret_name: str = ""

    def accounts_for(self, moment: datetime | None) -> bool:
        """Whether what happened at `moment` can be this run's doing; others keep such times by the second."""
        return moment is not None and moment >= self.started_at.replace(microsecond=0)


@dataclass(frozen=True)
class Blocker:
    """Why an action cannot be run now, in plain words with the next step."""

    code: str
    sentence: str


class Seen(StrEnum):
    """What reading back showed."""

    DONE = "done"
    PENDING = "pending"
    ABSENT = "absent"
    FAILED = "failed"


@dataclass(frozen=True)
class Verification:
    """The result of reading back.

    `DONE`: the effect is there. `PENDING`: work goes on outside, look again. `ABSENT`: not there (yet); after
    the settle time that means it did not happen. `FAILED`: the other side reports a failure for good.
    """

    seen: Seen
    detail: str = ""


P = TypeVar("P", bound=Params)


@dataclass(frozen=True, kw_only=True)
class Action(Generic[P]):
    """An operation on another system, with all that is needed to judge, run, verify and reverse it.

    Attributes:
        name: file name and registry key.
        version: counted up when the meaning of the action changes; part of the fingerprint.
        title: what an analyst calls it.
        impact: one sentence an admin understands, on what it does to people.
        tier: the least it may be treated as.
        route: where it takes effect.
        permissions: least-privileged Graph application permissions to plan, execute and verify.
        runbook: the Automation runbook it starts, or `None`.
        params: the parameter model; its field descriptions become the form.
        locks: keys of what must not be touched by two runs at once, the first is the main one.
        settle: how long the effect may take to become visible.
        repeatable: whether `plan` is empty after the effect, so that running twice equals once.
        secret: whether a secret is handed over, and who makes it.
        hands_over: what people call the secret that is handed over.
        to_owner: whether the secret is shown to the person concerned; else the manager hands it over.
        check: what must hold before; every blocker found, empty when there is none. Reads only.
        plan: what would change. Reads only.
        execute: do it; safe to call again for the same run. Returns nothing: `verify` tells the effect.
        verify: reads the effect back; `None` means that an empty plan is the verification.
        undo: restores each `before` of the stored plan, or of what the run's own job recorded; `None` with
            `undo_reason` when there is no way back. Safe to call again.
        undone: reads the undo back; `None` means that the same plan would be made again.
        examples: parameters that work in the make-believe company; the contract suite runs them all.
    """

    name: str
    version: int = 1
    title: str
    impact: str
    tier: Tier
    route: Route
    permissions: frozenset[str]
    runbook: str | None = None
    params: type[P]
    locks: Callable[[P], tuple[str, ...]]
    settle: timedelta = timedelta(seconds=30)
    repeatable: bool = True
    secret: SecretKind = SecretKind.NONE
    hands_over: str = "temporary password"
    to_owner: bool = False
    check: Callable[[World, P], Awaitable[tuple[Blocker, ...]]]
    plan: Callable[[World, P], Awaitable[Plan]]
    execute: Callable[[World, P, RunContext], Awaitable[None]]
    verify: Callable[[World, P, RunContext], Awaitable[Verification]] | None = None
    undo: Callable[[World, P, tuple[Change, ...], RunContext], Awaitable[None]] | None = None
    undone: Callable[[World, P, RunContext], Awaitable[Verification]] | None = None
    undo_reason: str = ""
    examples: tuple[P, ...] = ()


async def read_back(action: Action[P], world: World, params: P, run: RunContext) -> Verification:
    """Verify `action` by its own `verify`, or by an empty plan."""
    if action.verify is not None:
        return await action.verify(world, params, run)
    plan = await action.plan(world, params)
    return Verification(Seen.DONE if plan.empty else Seen.ABSENT)


async def read_undo_back(
    action: Action[P], world: World, params: P, plan: Plan, run: RunContext
) -> Verification:
    """Verify that `plan` was taken back: by the action's own `undone`, or by the same plan made again."""
    if action.undone is not None:
        return await action.undone(world, params, run)
    again = await action.plan(world, params)
    return Verification(Seen.DONE if again.digest == plan.digest else Seen.ABSENT)
