"""Runbooks as actions use them: started once for a run, judged by their own result line."""

from __future__ import annotations

import re
from collections.abc import Mapping

from actions.clients.automation import JobResult, JobState
from actions.contract import Blocker, RunContext, Seen, Verification, World
from actions.errors import NotFound
from actions.guards import NO_USER, Account, credential_blockers, shown

REASONS: Mapping[str, str] = {
    "account_not_found": "Active Directory has no such account.",
    "account_protected": "The account is protected in Active Directory (adminCount).",
    "account_disabled": "The account is disabled in Active Directory.",
    "not_locked": "The account was not locked.",
    "unlocked": "The account was unlocked.",
    "password_set": "The password was set.",
    "restarted": "The service was restarted and runs.",
    "service_not_allowed": "The service is not on the worker's own list.",
    "service_not_found": "The server has no such service.",
}
"""What the `detail` of a runbook's result means."""

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


async def start(
    world: World, run: RunContext, runbook: str, parameters: Mapping[str, str], worker_group: str
) -> None:
    """Start a runbook once for this run: the run's id is the job's name and the execution id.

    Job parameters stay readable for 30 days: never a secret.
    """
    told = {**parameters, "ExecutionId": str(run.run_id)}
    await world.automation.submit_job(run.run_id, runbook, told, worker_group)


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


def account_blockers(account: Account | None) -> tuple[Blocker, ...]:
    """Return why the Active Directory account behind a user cannot be touched by a runbook."""
    if account is None:
        return (NO_USER,)
    user, found = account.user, list(credential_blockers(account))
    if not user.synced:
        sentence = f"{shown(user)} is not synced from Active Directory; use the action for cloud accounts."
        found.append(Blocker("not_synced", sentence))
    elif not user.on_premises_sam_account_name:
        sentence = f"Entra does not know the sAMAccountName of {shown(user)}; check the synchronisation."
        found.append(Blocker("no_sam_account_name", sentence))
    if not user.account_enabled:
        found.append(Blocker("account_disabled", f"{shown(user)} is disabled; enable the account first."))
    return tuple(found)


def _reason(job: JobResult) -> str:
    """Return the runbook's word in ours; whatever else stands there is not repeated."""
    detail = str(job.result.get("detail", ""))
    if not _WORD.fullmatch(detail):
        return "The runbook gave no result." if not job.result else "The runbook gave no known reason."
    return REASONS.get(detail, f"The runbook said {detail}.")
