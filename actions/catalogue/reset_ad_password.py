"""Give an Active Directory account a temporary password, made on the worker and left in Key Vault.

For synced accounts: a reset in Entra is refused for them. The password passes neither through the job's
parameters nor through its output, which stay readable for 30 days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.errors import Refused
from actions.guards import ACCOUNT_OPERATIONS, read_account
from actions.onprem import RunbookJob, account_blockers, directory_target, sam_account_name
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, SecretKind, Tier


class ResetAdPassword(Params):
    """Whose password is reset."""

    user_id: ObjectId = Field(description="Object id of the account in Entra")


async def check(world: World, params: ResetAdPassword) -> tuple[Blocker, ...]:
    """An ordinary, enabled account that is synced from Active Directory."""
    return account_blockers(await read_account(world, params.user_id))


async def plan(world: World, params: ResetAdPassword) -> Plan:
    """A new password; Entra cannot tell the state before."""
    user = await world.graph.users.get(params.user_id)
    target = directory_target(user)
    after = "temporary, to be changed at the next sign-in"
    return Plan(changes=(Change(target=target, field="password", after=after),))


async def tell(world: World, params: ResetAdPassword, run: RunContext) -> Mapping[str, str]:
    """Which account, and under which name the password is left in Key Vault."""
    if not run.secret_name:
        raise Refused(
            "reset_ad_password was started without a name for its secret.",
            hint="This is a bug of the workflow: it chooses the Key Vault name before the call.",
            subject=f"run {run.run_id}",
        )
    sam = await sam_account_name(world, params.user_id)
    return {"SamAccountName": sam, "SecretName": run.secret_name, "VaultName": world.vault.name}


_JOB = RunbookJob("Reset-AdPassword", tell)

ACTION = Action(
    name="reset_ad_password",
    title="Reset a password (Active Directory account)",
    impact="The old password stops working at once in the office and, once synchronised, in the cloud; the"
    " person must choose a new one at the next sign-in.",
    tier=Tier.CREDENTIAL,
    route=Route.ONPREM,
    permissions=least(*ACCOUNT_OPERATIONS),
    runbook=_JOB.runbook,
    params=ResetAdPassword,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=timedelta(minutes=30),
    repeatable=False,
    secret=SecretKind.VAULT,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo_reason="Nobody knows the old password; it can only be reset once more.",
    examples=(ResetAdPassword(user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d"),),
)
