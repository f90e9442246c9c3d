"""Change one property of a cloud account's profile: title, department, office, company, names or mobile.

Synced accounts keep these in Active Directory. The mobile number is where people are called back, so the
policy asks more for it than for an office.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import User
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, cloud_mastered, find_user, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class Property(StrEnum):
    """The properties that may be changed, by Graph's names."""

    JOB_TITLE = "jobTitle"
    DEPARTMENT = "department"
    OFFICE = "officeLocation"
    MOBILE = "mobilePhone"
    DISPLAY_NAME = "displayName"
    GIVEN_NAME = "givenName"
    SURNAME = "surname"


class UpdateProfile(Params):
    """Which property of whom becomes what."""

    user_id: ObjectId = Field(description="Object id of the person")
    attribute: Property = Field(description="Property, by Graph's name")
    value: str = Field(description="New value", min_length=1, max_length=64, pattern=r"^\S[^\x00-\x1f\x7f]*$")


async def check(world: World, params: UpdateProfile) -> tuple[Blocker, ...]:
    """An account that is mastered in the cloud."""
    user = await find_user(world, params.user_id)
    return cloud_mastered(user) if user else (NO_USER,)


async def plan(world: World, params: UpdateProfile) -> Plan:
    """Nothing where the value is as asked, else one property."""
    user = await world.graph.users.get(params.user_id)
    before = _value(user, params.attribute)
    if before == params.value:
        return Plan()
    change = Change(target=shown(user), field=params.attribute.value, before=before, after=params.value)
    return Plan(changes=(change,))


async def execute(world: World, params: UpdateProfile, _run: RunContext) -> None:
    """Write it."""
    await world.graph.users.update(params.user_id, {params.attribute.value: params.value})


async def undo(world: World, params: UpdateProfile, changes: tuple[Change, ...]) -> None:
    """Write what stood there before; nothing stood there: clear it."""
    for change in changes:
        await world.graph.users.update(params.user_id, {params.attribute.value: change.before})


def _value(user: User, attribute: Property) -> str | None:
    values = {
        Property.JOB_TITLE: user.job_title,
        Property.DEPARTMENT: user.department,
        Property.OFFICE: user.office_location,
        Property.MOBILE: user.mobile_phone,
        Property.DISPLAY_NAME: user.display_name,
        Property.GIVEN_NAME: user.given_name,
        Property.SURNAME: user.surname,
    }
    return values[attribute]


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
