"""Hide a synced person from the address lists where that is mastered: in Active Directory."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.call import Json
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.guards import NO_USER, find_user
from actions.onprem import SETTLE, RunbookJob, directory_blockers, directory_target, sam_account_name
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class HideAdUserFromAddressList(Params):
    """Who is hidden."""

    user_id: ObjectId = Field(description="Object id of the person in Entra")


async def check(world: World, params: HideAdUserFromAddressList) -> tuple[Blocker, ...]:
    """An account that is synced from Active Directory."""
    user = await find_user(world, params.user_id)
    return directory_blockers(user) if user else (NO_USER,)


async def plan(world: World, params: HideAdUserFromAddressList) -> Plan:
    """A hidden person; whether they are hidden now only Active Directory can tell."""
    user = await world.graph.users.get(params.user_id)
    return Plan(changes=(Change(target=directory_target(user), field="address lists", after="hidden"),))


async def tell(world: World, params: HideAdUserFromAddressList, _run: RunContext) -> Mapping[str, str]:
    """Which account is hidden."""
    return {"SamAccountName": await sam_account_name(world, params.user_id), "Visibility": "hidden"}


def back(told: Mapping[str, str], _before: Json) -> Mapping[str, str]:
    """Shown again."""
    return {**told, "Visibility": "shown"}


_JOB = RunbookJob("Set-AdAddressListVisibility", tell, back)

ACTION = Action(
    name="hide_ad_user_from_address_list",
    title="Hide from the address lists (Active Directory account)",
    impact="Colleagues no longer find the person in the address book; mails to the address still arrive.",
    tier=Tier.REVERSIBLE,
    route=Route.ONPREM,
    permissions=least("users.get"),
    runbook=_JOB.runbook,
    params=HideAdUserFromAddressList,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo=_JOB.undo,
    undone=_JOB.undone,
    examples=(HideAdUserFromAddressList(user_id="02bb35af-c5cb-5aa2-bd70-7e325b92989d"),),
)
