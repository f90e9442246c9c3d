"""Runbooks as actions use them: started once for a run, judged by their own result line."""

from __future__ import annotations

import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Generic

from actions.clients.automation import JobResult, JobState
from actions.clients.call import Json
from actions.clients.graph.values import User
from actions.contract import Blocker, P, RunContext, Seen, Verification, World
from actions.errors import NotFound
from actions.guards import NO_USER, Account, credential_blockers, shown
from actions.vocabulary import Change, Params

REASONS: Mapping[str, str] = {
    "account_not_found": "Active Directory has no such account.",
    "account_protected": "The account is protected in Active Directory (adminCount).",
    "account_disabled": "The account is disabled in Active Directory.",
    "not_locked": "The account was not locked.",
    "unlocked": "The account was unlocked.",
    "set": "It was changed as asked.",
    "already_so": "It was as asked already.",
    "manager_not_found": "Active Directory has no such manager.",
    "group_not_found": "Active Directory has no such group.",
    "group_protected": "The group is protected in Active Directory (adminCount).",
    "group_synced": "The list is synced from Active Directory; it is changed there.",
    "trustee_not_found": "Exchange knows nobody of that address.",
    "address_taken": "Somebody has that address already.",
    "created": "It was created.",
    "mailbox_not_found": "Exchange has no such mailbox.",
    "mailbox_needs_license": "The mailbox is too big, archived or held: it needs its own licence.",
    "organization_not_set": "The worker does not know which Exchange organisation is meant.",
    "printer_not_found": "The server has no such printer.",
    "password_set": "The password was set.",
    "restarted": "The service was restarted and runs.",
    "service_not_allowed": "The service is not on the worker's own list.",
    "service_not_found": "The server has no such service.",
}
"""What the `detail` of a runbook's result means."""

SETTLE = timedelta(hours=1)
"""How long a job and the synchronisation after it may take: 30 minutes each at their slowest."""

_WORD = re.compile(r"[a-z_]{1,40}")


async def sam_account_name(world: World, user_id: str) -> str:
    """Return the name by which Active Directory knows the account.

    Raises:
        NotFound: Entra does not know it.
    """
    user = await world.graph.users.get(user_id)
    if not user.on_premises_sam_account_name:
        raise NotFound(
            f"Entra does not know the sAMAccountName of {shown(user)}.",
            hint="Check the synchronisation of the account.",
            subject=f"user {user_id}",
        )
    return user.on_premises_sam_account_name


def _as_told(told: Mapping[str, str], _before: Json) -> Mapping[str, str]:
    return told


def own_workers(world: World, _params: Params) -> str:
    """Return the worker group that reaches Active Directory and Exchange."""
    return world.automation.worker_group


@dataclass(frozen=True)
class RunbookJob(Generic[P]):
    """The part of an action that a runbook does: `execute`, `verify`, `undo` and `undone` of its record.

    The run's id is the job's name and the execution id, so that one run is one job. The job is judged by its
    own result line, whose `before` is what an undo restores: Entra's copy may be half an hour old.

    Attributes:
        runbook: its name.
        tell: the runbook's parameters but for the execution id; readable for 30 days, so never a secret.
        back: the parameters that take it back, made of those told and the result's `before`.
        workers: the hybrid worker group that reaches what is changed.
    """

    runbook: str
    tell: Callable[[World, P, RunContext], Awaitable[Mapping[str, str]]]
    back: Callable[[Mapping[str, str], Json], Mapping[str, str]] = _as_told
    workers: Callable[[World, P], str] = own_workers

    async def execute(self, world: World, params: P, run: RunContext) -> None:
        """Start the job; a second start for the same run changes nothing."""
        await self._start(world, params, run, await self.tell(world, params, run))

    async def verify(self, world: World, _params: P, run: RunContext) -> Verification:
        """Tell what became of the run's job; without one it never began."""
        return await verify_job(world, run)

    async def undo(self, world: World, params: P, _changes: tuple[Change, ...], run: RunContext) -> None:
        """Start the job that restores what the run's job found; where that changed nothing there is none."""
        before = await changed_from(world, run)
        if before is not None:
            told = self.back(await self.tell(world, params, run), before)
            await self._start(world, params, undo_of(run), told)

    async def undone(self, world: World, _params: P, run: RunContext) -> Verification:
        """Tell what became of the job that takes the run back."""
        if await changed_from(world, run) is None:
            return Verification(Seen.DONE, "The run had changed nothing.")
        return await verify_job(world, undo_of(run))

    async def _start(self, world: World, params: P, run: RunContext, told: Mapping[str, str]) -> None:
        parameters = {**told, "ExecutionId": str(run.run_id)}
        group = self.workers(world, params)
        await world.automation.submit_job(run.run_id, self.runbook, parameters, group)


async def verify_job(world: World, run: RunContext) -> Verification:
    """Tell what became of the run's job; without one it never began."""
    try:
        job = await world.automation.job(run.run_id)
    except NotFound:
        return Verification(Seen.ABSENT, "The job was never accepted.")
    if job.state not in {JobState.COMPLETED, JobState.FAILED}:
        return Verification(Seen.PENDING, f"The job is {job.state}.")
    if job.succeeded:
        return Verification(Seen.DONE, _reason(job))
    return Verification(Seen.FAILED, f"{_reason(job)} The job ended as {job.status}.")


async def changed_from(world: World, run: RunContext) -> Json | None:
    """Return what the run's job found before it changed anything, or `None` where it changed nothing.

    Raises:
        NotFound: the job is no longer kept; after 30 days nobody can tell what stood there.
    """
    job = await world.automation.job(run.run_id)
    before = job.result.get("before")
    return before if job.result.get("changed") is True and isinstance(before, dict) else None


def undo_of(run: RunContext) -> RunContext:
    """Return the run under which its undo is done: a job, and so an execution, of its own."""
    return replace(run, run_id=uuid.uuid5(run.run_id, "undo"))


def account_blockers(account: Account | None) -> tuple[Blocker, ...]:
    """Return why the sign-in of the Active Directory account behind a user cannot be helped by a runbook."""
    if account is None:
        return (NO_USER,)
    user, found = account.user, [*credential_blockers(account), *directory_blockers(account.user)]
    if not user.account_enabled:
        found.append(Blocker("account_disabled", f"{shown(user)} is disabled; enable the account first."))
    return tuple(found)


def directory_blockers(user: User) -> tuple[Blocker, ...]:
    """Return why a runbook cannot find the Active Directory account behind a user."""
    if not user.synced:
        sentence = f"{shown(user)} is not synced from Active Directory; use the action for cloud accounts."
        return (Blocker("not_synced", sentence),)
    if not user.on_premises_sam_account_name:
        sentence = f"Entra does not know the sAMAccountName of {shown(user)}; check the synchronisation."
        return (Blocker("no_sam_account_name", sentence),)
    return ()


def directory_target(user: User) -> str:
    """Return how a plan names the Active Directory account behind a user."""
    return f"{shown(user)}, Active Directory account {user.on_premises_sam_account_name}"


def _reason(job: JobResult) -> str:
    """Return the runbook's word in ours; whatever else stands there is not repeated."""
    detail = str(job.result.get("detail", ""))
    if not _WORD.fullmatch(detail):
        return "The runbook gave no result." if not job.result else "The runbook gave no known reason."
    return REASONS.get(detail, f"The runbook said {detail}.")
