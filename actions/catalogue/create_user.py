"""Create a cloud account for a new colleague, with a first password that nobody ever sees.

The way in is an access pass of the first day, for which the manager asks with the colleague beside them.

The name to sign in with is made of first and last name at the manager's domain. Where it is taken, people
choose another: a number behind a name sends mail to the wrong person for years.
"""

from __future__ import annotations

import re
from datetime import timedelta

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.clients.graph.values import User
from actions.contract import Action, Blocker, RunContext, Seen, Verification, World
from actions.errors import OutcomeUnknown, Refused
from actions.guards import find_user, shown
from actions.managers import leader_blockers
from actions.profile import Value, plain_letters
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, SecretKind, Tier


class CreateUser(Params):
    """Who comes, to whom, as what."""

    display_name: Value = Field(description="First and last name", pattern=r"^\S+ .*\S$")
    manager_id: ObjectId = Field(description="Object id of the manager, who hands over the way in")
    job_title: Value | None = Field(default=None, description="Job title")
    department: Value | None = Field(default=None, description="Department; left out: the manager's")
    usage_location: str | None = Field(
        default=None,
        description="Country for licences (ISO 3166); left out: the manager's",
        pattern="^[A-Z]{2}$",
    )


async def check(world: World, params: CreateUser) -> tuple[Blocker, ...]:
    """A manager, and a name that can be written and is free."""
    manager = await find_user(world, params.manager_id)
    found = [*leader_blockers(manager)]
    if manager is None:
        return tuple(found)
    name = sign_in_name(params.display_name, manager)
    if not name:
        sentence = f"No name to sign in with can be made of {params.display_name}; a person must choose one."
        return (*found, Blocker("no_sign_in_name", sentence))
    if await world.graph.users.find_by_address(name):
        sentence = f"{name} is taken; a person must choose another name for {params.display_name}."
        found.append(Blocker("name_taken", sentence))
    return tuple(found)


async def plan(world: World, params: CreateUser) -> Plan:
    """Nothing once the account is there, else each property it will have."""
    manager = await world.graph.users.get(params.manager_id)
    if await _account(world, params, manager) is not None:
        return Plan()
    properties = {**_properties(params, manager), "manager": shown(manager)}
    target = f"new account {sign_in_name(params.display_name, manager)}"
    password = Change(target=target, field="password", after="random, seen by nobody")
    made = (Change(target=target, field=name, after=value) for name, value in properties.items())
    return Plan(changes=(*made, password))


async def execute(world: World, params: CreateUser, run: RunContext) -> None:
    """Create the account unless this run did, then set its manager."""
    if run.secret is None:
        raise Refused(
            "create_user was started without the password of its run.",
            hint="This is a bug of the workflow: it makes and seals the password before the call.",
            subject=f"run {run.run_id}",
        )
    manager = await world.graph.users.get(params.manager_id)
    if not _ours(await _account(world, params, manager), run):
        try:
            await world.graph.users.create(_properties(params, manager), run.secret)
        except OutcomeUnknown:  # the account, or that there is none, tells
            if not _ours(await _account(world, params, manager), run):
                raise
    await world.graph.users.set_manager(sign_in_name(params.display_name, manager), manager.id)


async def verify(world: World, params: CreateUser, run: RunContext) -> Verification:
    """An account of that name, made since the run began, that reports to the manager."""
    manager = await world.graph.users.get(params.manager_id)
    user = await _account(world, params, manager)
    if user is None:
        return Verification(Seen.ABSENT, "There is no account of that name.")
    if not _ours(user, run):
        return Verification(Seen.ABSENT, f"{shown(user)} was there before the run began.")
    leads = await world.graph.users.manager(user.id)
    if leads is None or leads.id != manager.id:
        return Verification(Seen.ABSENT, f"{shown(user)} does not report to {shown(manager)} yet.")
    return Verification(Seen.DONE, f"{shown(user)} was created.")


async def undo(world: World, params: CreateUser, _changes: tuple[Change, ...], run: RunContext) -> None:
    """Delete the account, if this run made it; Entra keeps it for 30 days."""
    user = await _account(world, params, await world.graph.users.get(params.manager_id))
    if user is not None and _ours(user, run):
        await world.graph.users.delete(user.id)


def sign_in_name(display_name: str, manager: User) -> str:
    """Return first.last at the manager's domain in plain letters; empty where nothing is left of the name."""
    given, _, surname = plain_letters(display_name).partition(" ")
    parts = [re.sub(r"[^a-z0-9-]", "", part) for part in (given, surname)]
    domain = manager.user_principal_name.partition("@")[2]
    return f"{'.'.join(parts)[:64]}@{domain}" if all(parts) else ""


async def _account(world: World, params: CreateUser, manager: User) -> User | None:
    return await find_user(world, sign_in_name(params.display_name, manager))


def _ours(user: User | None, run: RunContext) -> bool:
    return user is not None and run.accounts_for(user.created_date_time)


def _properties(params: CreateUser, manager: User) -> dict[str, str]:
    name = sign_in_name(params.display_name, manager)
    given, _, surname = params.display_name.partition(" ")
    properties = {
        "displayName": params.display_name,
        "givenName": given,
        "surname": surname.strip(),
        "userPrincipalName": name,
        "mailNickname": name.partition("@")[0],
        "jobTitle": params.job_title,
        "department": params.department or manager.department,
        "usageLocation": params.usage_location or manager.usage_location,
    }
    return {name: value for name, value in properties.items() if value}


ACTION = Action(
    name="create_user",
    version=2,
    title="Create an account (cloud)",
    impact="The account is there and nobody can sign in to it until the manager asks for the pass of the"
    " first day; it costs nothing until a licence is assigned.",
    tier=Tier.CREDENTIAL,
    route=Route.CLOUD,
    permissions=least(
        "users.get", "users.find_by_address", "users.create", "users.set_manager", "users.delete"
    ),
    params=CreateUser,
    locks=lambda params: (f"new account:{params.display_name}".casefold(),),
    settle=timedelta(minutes=5),
    secret=SecretKind.UNSEEN,
    check=check,
    plan=plan,
    execute=execute,
    verify=verify,
    undo=undo,
    examples=(
        CreateUser(
            display_name="Jürgen Straße-Müller",
            manager_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
            job_title="Accountant",
        ),
        CreateUser(
            display_name="Ana Łuczak",
            manager_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d",
            department="Finance",
            usage_location="PL",
        ),
    ),
)
