"""Let a colleague see or edit somebody's calendar, or change how much of it.

Only people of the organisation with an account that is in use get access, up to Editor; delegates, who also
get meeting requests, are named by the owner in Outlook.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from actions.clients.graph.calendars import CalendarPermission, Holder
from actions.clients.graph.permissions import least
from actions.clients.graph.values import User
from actions.contract import Action, Blocker, RunContext, World
from actions.errors import NotFound
from actions.guards import NO_USER, find_user, shown
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class Access(StrEnum):
    """How much may be seen or done, by Outlook's names."""

    AVAILABILITY_ONLY = "AvailabilityOnly"
    REVIEWER = "Reviewer"
    EDITOR = "Editor"


_ROLES = {
    Access.AVAILABILITY_ONLY.value: "freeBusyRead",
    Access.REVIEWER.value: "read",
    Access.EDITOR.value: "write",
}
_NAMES = {role: name for name, role in _ROLES.items()}


class SetCalendarPermission(Params):
    """Whose calendar is open to whom, and how far."""

    owner_id: ObjectId = Field(description="Object id of the calendar's owner")
    trustee_id: ObjectId = Field(description="Object id of who gets access")
    access: Access = Field(description="How much may be seen or done")


async def check(world: World, params: SetCalendarPermission) -> tuple[Blocker, ...]:
    """A calendar in Exchange Online, and somebody else of the organisation with an address."""
    owner, trustee = await find_user(world, params.owner_id), await find_user(world, params.trustee_id)
    if owner is None or trustee is None:
        return (NO_USER,)
    if params.owner_id == params.trustee_id:
        return (Blocker("own_calendar", f"{shown(owner)} owns the calendar; ask who else is meant."),)
    found = []
    if trustee.guest or not trustee.account_enabled or not trustee.mail:
        sentence = f"{shown(trustee)} is a guest, disabled or without a mail address; ask who is meant."
        found.append(Blocker("no_colleague", sentence))
    try:
        await world.graph.calendars.permissions(params.owner_id)
    except NotFound:
        found.append(Blocker("no_mailbox", f"{shown(owner)} has no mailbox in Exchange Online."))
    return tuple(found)


async def plan(world: World, params: SetCalendarPermission) -> Plan:
    """The access of one colleague, where it is not yet as asked."""
    owner, trustee = await world.graph.users.get(params.owner_id), await _trustee(world, params)
    held = await _held(world, params, trustee)
    if held is not None and held.role == _ROLES[params.access]:
        return Plan()
    before = _NAMES.get(held.role, held.role) if held else None
    change = Change(
        target=f"calendar of {shown(owner)}",
        field=f"access of {shown(trustee)}",
        before=before,
        after=params.access.value,
    )
    return Plan(changes=(change,))


async def execute(world: World, params: SetCalendarPermission, _run: RunContext) -> None:
    """Give the access, or change it."""
    await _set(world, params, _ROLES[params.access])


async def undo(
    world: World, params: SetCalendarPermission, changes: tuple[Change, ...], _run: RunContext
) -> None:
    """Give back the access there was; none there was: take it away."""
    for change in changes:
        if change.before is not None:
            await _set(world, params, _ROLES.get(change.before, change.before))
            continue
        held = await _held(world, params, await _trustee(world, params))
        if held is not None:
            await world.graph.calendars.withdraw(params.owner_id, held.id)


async def _set(world: World, params: SetCalendarPermission, role: str) -> None:
    trustee = await _trustee(world, params)
    held = await _held(world, params, trustee)
    if held is None:
        holder = Holder(name=trustee.display_name or "", address=trustee.mail or "")
        await world.graph.calendars.grant(params.owner_id, holder, role)
    elif held.role != role:
        await world.graph.calendars.set_role(params.owner_id, held.id, role)


async def _trustee(world: World, params: SetCalendarPermission) -> User:
    return await world.graph.users.get(params.trustee_id)


async def _held(world: World, params: SetCalendarPermission, trustee: User) -> CalendarPermission | None:
    held = await world.graph.calendars.permissions(params.owner_id)
    return next((one for one in held if trustee.mail and one.is_for(trustee.mail)), None)


ACTION = Action(
    name="set_calendar_permission",
    title="Share a calendar",
    impact="The colleague sees the calendar as far as asked; an Editor can also change and delete entries.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "calendars.permissions", "calendars.grant", "calendars.set_role"),
    params=SetCalendarPermission,
    locks=lambda params: (f"person:{params.owner_id}", f"calendar:{params.owner_id}"),
    check=check,
    plan=plan,
    execute=execute,
    undo=undo,
    examples=(
        SetCalendarPermission(
            owner_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
            trustee_id="2a7bae1f-16d9-598f-acfe-c4f333ef0c01",
            access=Access.REVIEWER,
        ),
        SetCalendarPermission(
            owner_id="24458f72-ed6f-5907-b806-ffa892a2b96d",
            trustee_id="8d9d4af8-d17f-5f08-b980-ccfd9a9ffeaf",
            access=Access.EDITOR,
        ),
    ),
)
