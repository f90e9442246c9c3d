"""Change one property of a cloud account's profile: title, department, office, company, names or mobile.

Synced accounts keep these in Active Directory. The mobile number is where people are called back, so the
policy asks more for it than for an office.
"""

from __future__ import annotations

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, cloud_mastered, find_user, shown
from actions.profile import Property, Value, plan_of
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class UpdateProfile(Params):
    """Which property of whom becomes what."""

    user_id: ObjectId = Field(description="Object id of the person")
    attribute: Property = Field(description="Property, by Graph's name")
    value: Value = Field(description="New value")


async def check(world: World, params: UpdateProfile) -> tuple[Blocker, ...]:
    """An account that is mastered in the cloud."""
    user = await find_user(world, params.user_id)
    return cloud_mastered(user) if user else (NO_USER,)


async def plan(world: World, params: UpdateProfile) -> Plan:
    """Nothing where the value is as asked, else one property."""
    user = await world.graph.users.get(params.user_id)
    return plan_of(user, shown(user), params.attribute, params.value)


async def execute(world: World, params: UpdateProfile, _run: RunContext) -> None:
    """Write it."""
    await world.graph.users.update(params.user_id, {params.attribute.value: params.value})


async def undo(world: World, params: UpdateProfile, changes: tuple[Change, ...], _run: RunContext) -> None:
    """Write what stood there before; nothing stood there: clear it."""
    for change in changes:
        await world.graph.users.update(params.user_id, {params.attribute.value: change.before})


ACTION = Action(
    name="update_profile",
    title="Change a profile property (cloud account)",
    impact="The new value shows in the address book within a day; rules on the property may move the person"
    " between dynamic groups.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "users.update"),
    params=UpdateProfile,
    locks=lambda params: (f"person:{params.user_id}",),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        UpdateProfile(
            user_id="e8ff2d8e-736a-553f-9edf-2e19270add77", attribute=Property.OFFICE, value="Rotterdam"
        ),
        UpdateProfile(
            user_id="e8ff2d8e-736a-553f-9edf-2e19270add77", attribute=Property.MOBILE, value="+49 30 5550100"
        ),
    ),
)
