"""Give an Active Directory account a temporary password, made on the worker and left in Key Vault.

For synced accounts: a reset in Entra is refused for them. The password passes neither through the job's
parameters nor through its output, which stay readable for 30 days.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, Verification, World
from actions.errors import Refused
from actions.guards import ACCOUNT_OPERATIONS, read_account, shown
from actions.onprem import account_blockers, sam_account_name, start, verify_job
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, SecretKind, Tier

RUNBOOK = "Reset-AdPassword"


class ResetAdPassword(Params):
    """Whose password is reset."""

    user_id: ObjectId = Field(description="Object id of the account in Entra")


async def check(world: World, params: ResetAdPassword) -> tuple[Blocker, ...]:
    """An ordinary, enabled account that is synced from Active Directory."""
    return account_blockers(await read_account(world, params.user_id))


async def plan(world: World, params: ResetAdPassword) -> Plan:
    """A new password; Entra cannot tell the state before."""
    user = await world.graph.users.get(params.user_id)
    target = f"{shown(user)}, Active Directory account {user.on_premises_sam_account_name}"
    after = "temporary, to be changed at the next sign-in"
    return Plan(changes=(Change(target=target, field="password", after=after),))


async def execute(world: World, params: ResetAdPassword, run: RunContext) -> None:
    """Start the runbook; it leaves the password in Key Vault under the name of the run."""
    if not run.secret_name:
        raise Refused(
            "reset_ad_password was started without a name for its secret.",
            hint="This is a bug of the workflow: it chooses the Key Vault name before the call.",
            subject=f"run {run.run_id}",
        )
    sam = await sam_account_name(world, params.user_id)
    parameters = {"SamAccountName": sam, "SecretName": run.secret_name, "VaultName": world.vault.name}
    await start(world, run, RUNBOOK, parameters, world.automation.worker_group)


async def verify(world: World, _params: ResetAdPassword, run: RunContext) -> Verification:
    """The runbook's own result."""
    return await verify_job(world, run)


ACTION = Action(
    name="reset_ad_password",
    title="Reset a password (Active Directory account)",
    impact="The old password stops working at once in the office and, once synchronised, in the cloud; the"
    " person must choose a new one at the next sign-in.",
    tier=Tier.CREDENTIAL,
    route=Route.ONPREM,
    permissions=least(*ACCOUNT_OPERATIONS),
    runbook=RUNBOOK,
    params=ResetAdPassword,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=30),
    repeatable=False,
    secret=SecretKind.VAULT,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo_reason="Nobody knows the old password; it can only be reset once more.",
    examples=(ResetAdPassword(user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d"),),
)
