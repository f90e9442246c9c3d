"""Invite somebody from another organisation as a guest; Entra sends the invitation.

The guest can do nothing until somebody lets them into a group or a team.
"""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import User
from actions.contract import Action, Blocker, RunContext, Seen, Verification, World
from actions.errors import OutcomeUnknown
from actions.guards import NO_USER, find_user, shown
from actions.profile import Value
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier

_MAIL = r"^[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"


class InviteGuest(Params):
    """Who is invited, and who answers for them."""

    mail: str = Field(description="Mail address of the guest", pattern=_MAIL, max_length=200)
    display_name: Value | None = Field(default=None, description="Name of the guest")
    sponsor_id: ObjectId | None = Field(default=None, description="Object id of who answers for the guest")


async def check(world: World, params: InviteGuest) -> tuple[Blocker, ...]:
    """An address that nobody here has, and a colleague who answers for the guest."""
    found = []
    if known := await world.graph.users.find_by_address(params.mail):
        sentence = f"{shown(known[0])} has that address already; add the person to what they need."
        found.append(Blocker("already_here", sentence))
    if params.sponsor_id is None:
        return tuple(found)
    sponsor = await find_user(world, params.sponsor_id)
    if sponsor is None:
        return (*found, NO_USER)
    if sponsor.guest or not sponsor.account_enabled:
        found.append(Blocker("no_colleague", f"{shown(sponsor)} cannot answer for a guest."))
    if sponsor.user_principal_name.partition("@")[2].casefold() == params.mail.partition("@")[2].casefold():
        found.append(Blocker("own_domain", f"{params.mail} is our own; create an account instead."))
    return tuple(found)


async def plan(world: World, params: InviteGuest) -> Plan:
    """Nothing for a guest who is there, else one invitation."""
    if await _guest(world, params):
        return Plan()
    target = f"guest {params.mail}"
    account = Change(target=target, field="account", before="none", after=params.display_name or params.mail)
    return Plan(changes=(account, Change(target=target, field="invitation", after="sent by Entra")))


async def execute(world: World, params: InviteGuest, _run: RunContext) -> None:
    """Invite, unless the guest is there: nobody gets a second mail."""
    if await _guest(world, params):
        return
    try:
        await world.graph.users.invite(params.mail, params.display_name)
    except OutcomeUnknown:  # the guest, or that there is none, tells
        if not await _guest(world, params):
            raise


async def verify(world: World, params: InviteGuest, run: RunContext) -> Verification:
    """A guest of that address, made since the run began."""
    guest = await _guest(world, params)
    if guest is None or not run.accounts_for(guest.created_date_time):
        return Verification(Seen.ABSENT, "There is no guest of that address from since the run began.")
    return Verification(Seen.DONE, f"{shown(guest)} was invited.")


async def undo(world: World, params: InviteGuest, _changes: tuple[Change, ...], run: RunContext) -> None:
    """Delete the guest, if this run made them; Entra keeps the account for 30 days."""
    guest = await _guest(world, params)
    if guest is not None and run.accounts_for(guest.created_date_time):
        await world.graph.users.delete(guest.id)


async def _guest(world: World, params: InviteGuest) -> User | None:
    found = await world.graph.users.find_by_address(params.mail)
    return next((user for user in found if user.guest), None)


ACTION = Action(
    name="invite_guest",
    title="Invite a guest",
    impact="Somebody outside gets a mail and, once they accept, an account here that sees nothing by itself.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least("users.get", "users.find_by_address", "users.invite", "users.delete"),
    params=InviteGuest,
    locks=lambda params: (f"guest:{params.mail}".casefold(),),
    settle=timedelta(minutes=5),
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo=undo,
    examples=(
        InviteGuest(
            mail="ines.moreau@partner.example",
            display_name="Ines Moreau",
            sponsor_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
        ),
        InviteGuest(mail="auditor@audit.example"),
    ),
)
