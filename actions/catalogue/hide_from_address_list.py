"""Hide the mailbox of a cloud account from the address lists, for instance that of somebody who left.

Synced people are hidden in Active Directory: `hide_ad_user_from_address_list`.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.call import Json
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.exchange import MAILBOX_OPERATIONS, mailbox_address, own_mailbox_blockers
from actions.guards import cloud_mastered, find_user, shown
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class HideFromAddressList(Params):
    """Whose mailbox is hidden."""

    user_id: ObjectId = Field(description="Object id of the mailbox's owner")


async def check(world: World, params: HideFromAddressList) -> tuple[Blocker, ...]:
    """A cloud account with a mailbox in Exchange Online."""
    user = await find_user(world, params.user_id)
    mastered = cloud_mastered(user) if user else ()
    return (*mastered, *await own_mailbox_blockers(world, params.user_id))


async def plan(world: World, params: HideFromAddressList) -> Plan:
    """A hidden mailbox; whether it is hidden now only Exchange can tell."""
    user = await world.graph.users.get(params.user_id)
    return Plan(changes=(Change(target=shown(user), field="address lists", after="hidden"),))


async def tell(world: World, params: HideFromAddressList, _run: RunContext) -> Mapping[str, str]:
    """Which mailbox is hidden."""
    return {"Mailbox": await mailbox_address(world, params.user_id), "Visibility": "hidden"}


def back(told: Mapping[str, str], _before: Json) -> Mapping[str, str]:
    """Shown again."""
    return {**told, "Visibility": "shown"}


_JOB = RunbookJob("Set-AddressListVisibility", tell, back)

ACTION = Action(
    name="hide_from_address_list",
    title="Hide from the address lists (cloud account)",
    impact="Colleagues no longer find the person in the address book; mails to the address still arrive.",
    tier=Tier.REVERSIBLE,
    route=Route.CLOUD,
    permissions=least(*MAILBOX_OPERATIONS),
    runbook=_JOB.runbook,
    params=HideFromAddressList,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo=_JOB.undo,
    undone=_JOB.undone,
    examples=(HideFromAddressList(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
