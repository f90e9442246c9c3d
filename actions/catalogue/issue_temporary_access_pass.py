"""Issue a Temporary Access Pass, with which a person signs in once to set up a new second factor.

Entra makes the pass and tells it once; it goes into Key Vault and from there to the manager, who hands it
over. A person has one pass at most: a new one takes the place of the last.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, Seen, Verification, World
from actions.guards import ACCOUNT_OPERATIONS, NO_USER, credential_blockers, read_account, shown
from actions.sealing import keep, verify_kept
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, SecretKind, Tier

_LIFE = timedelta(hours=1)


class IssueTemporaryAccessPass(Params):
    """Who may sign in with a pass."""

    user_id: ObjectId = Field(description="Object id of the account")


async def check(world: World, params: IssueTemporaryAccessPass) -> tuple[Blocker, ...]:
    """An ordinary, enabled member's account."""
    account = await read_account(world, params.user_id)
    if account is None:
        return (NO_USER,)
    found = list(credential_blockers(account))
    if not account.user.account_enabled:
        sentence = f"{shown(account.user)} is disabled; enable the account first."
        found.append(Blocker("account_disabled", sentence))
    return tuple(found)


async def plan(world: World, params: IssueTemporaryAccessPass) -> Plan:
    """One pass; never what it is."""
    user = await world.graph.users.get(params.user_id)
    after = f"to be used once within {_LIFE.total_seconds() / 60:.0f} minutes"
    return Plan(changes=(Change(target=shown(user), field="access pass", after=after),))


async def execute(world: World, params: IssueTemporaryAccessPass, run: RunContext) -> None:
    """Let Entra make one and keep it in the vault, unless this run's is there."""
    if (await verify_kept(world, run)).seen is not Seen.DONE:
        await keep(world, run, await world.graph.passes.issue(params.user_id, _LIFE))


async def verify(world: World, params: IssueTemporaryAccessPass, run: RunContext) -> Verification:
    """Entra has a pass from since the run began, and the vault holds this run's."""
    made = [one.created_date_time for one in await world.graph.passes.of_user(params.user_id)]
    if not any(run.accounts_for(moment) for moment in made):
        return Verification(Seen.ABSENT, "Entra has no pass from since the run began.")
    return await verify_kept(world, run)


async def undo(
    world: World, params: IssueTemporaryAccessPass, _changes: tuple[Change, ...], run: RunContext
) -> None:
    """Delete the pass, if it is from since the run began; a pass it replaced was void already."""
    for one in await world.graph.passes.of_user(params.user_id):
        if run.accounts_for(one.created_date_time):
            await world.graph.passes.delete(params.user_id, one.id)


async def undone(world: World, params: IssueTemporaryAccessPass, run: RunContext) -> Verification:
    """Entra has no pass from since the run began."""
    made = [one.created_date_time for one in await world.graph.passes.of_user(params.user_id)]
    left = any(run.accounts_for(moment) for moment in made)
    return Verification(Seen.ABSENT if left else Seen.DONE)


ACTION = Action(
    name="issue_temporary_access_pass",
    title="Issue a Temporary Access Pass",
    impact="Whoever has the pass signs in as the person, without password or factor, once within an hour.",
    tier=Tier.CREDENTIAL,
    route=Route.CLOUD,
    permissions=least(*ACCOUNT_OPERATIONS, "passes.issue", "passes.of_user"),
    params=IssueTemporaryAccessPass,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=1),
    repeatable=False,
    secret=SecretKind.VAULT,
    hands_over="access pass",
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo=undo,
    undone=undone,
    examples=(IssueTemporaryAccessPass(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
