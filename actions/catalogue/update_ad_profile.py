"""Change one property of a synced account's profile where it is mastered: in Active Directory.

Entra and the address book follow with the next synchronisation. Undoing writes back what the runbook found
there, not what Entra showed.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.call import Json
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user
from actions.onprem import SETTLE, RunbookJob, directory_blockers, directory_target, sam_account_name
from actions.profile import Property, Value, plan_of
from actions.vocabulary import ObjectId, Params, Plan, Route, Tier


class UpdateAdProfile(Params):
    """Which property of whom becomes what."""

    user_id: ObjectId = Field(description="Object id of the person in Entra")
    attribute: Property = Field(description="Property, by Graph's name")
    value: Value = Field(description="New value")


async def check(world: World, params: UpdateAdProfile) -> tuple[Blocker, ...]:
    """An account that is synced from Active Directory."""
    user = await find_user(world, params.user_id)
    return directory_blockers(user) if user else (NO_USER,)


async def plan(world: World, params: UpdateAdProfile) -> Plan:
    """Nothing where Entra shows the value already, else one property."""
    user = await world.graph.users.get(params.user_id)
    return plan_of(user, directory_target(user), params.attribute, params.value)


async def tell(world: World, params: UpdateAdProfile, _run: RunContext) -> Mapping[str, str]:
    """Which property of which account becomes what."""
    sam = await sam_account_name(world, params.user_id)
    return {"SamAccountName": sam, "Attribute": params.attribute.value, "Value": f"={params.value}"}


def back(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """What stood there before; nothing stood there: clear it."""
    return {**told, "Value": f"={before.get('value') or ''}"}


_JOB = RunbookJob("Set-AdProfile", tell, back)

ACTION = Action(
    name="update_ad_profile",
    title="Change a profile property (Active Directory account)",
    impact="The new value shows in the address book within a day; rules on the property may move the person"
    " between dynamic groups.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least("users.get"),
    runbook=_JOB.runbook,
    params=UpdateAdProfile,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo=_JOB.undo,
    undone=_JOB.undone,
    examples=(
        UpdateAdProfile(
            user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d", attribute=Property.OFFICE, value="Rotterdam"
        ),
    ),
)
