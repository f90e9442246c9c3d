"""Make a person's mailbox in Exchange Online a shared one, so that it lives on without a licence.

The licence is taken only after that: a mailbox that loses it first is deleted after 30 days. The runbook
refuses mailboxes that could not live without one: more than 50 GB, an archive, a hold.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from actions.clients.call import Json
from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.exchange import MAILBOX_OPERATIONS, mailbox_address, own_mailbox_blockers
from actions.guards import shown
from actions.onprem import SETTLE, RunbookJob
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class ConvertMailboxToShared(Params):
    """Whose mailbox becomes a shared one."""

    user_id: ObjectId = Field(description="Object id of the mailbox's owner")


async def check(world: World, params: ConvertMailboxToShared) -> tuple[Blocker, ...]:
    """A person with a mailbox in Exchange Online; whether it may live without a licence the runbook sees."""
    return await own_mailbox_blockers(world, params.user_id)


async def plan(world: World, params: ConvertMailboxToShared) -> Plan:
    """A shared mailbox; what it is now only Exchange can tell."""
    user = await world.graph.users.get(params.user_id)
    return Plan(changes=(Change(target=shown(user), field="mailbox type", after="shared"),))


async def tell(world: World, params: ConvertMailboxToShared, _run: RunContext) -> Mapping[str, str]:
    """Which mailbox becomes shared."""
    return {"Mailbox": await mailbox_address(world, params.user_id), "Type": "Shared"}


def back(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """The type it had."""
    return {**told, "Type": str(before.get("type", ""))}


_JOB = RunbookJob("Set-MailboxType", tell, back)

ACTION = Action(
    name="convert_mailbox_to_shared",
    title="Make a mailbox a shared one",
    impact="Mails keep arriving and nothing is lost; others can be given access, and no licence is needed.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least(*MAILBOX_OPERATIONS),
    runbook=_JOB.runbook,
    params=ConvertMailboxToShared,
    locks=lambda params: (f"person:{params.user_id}",),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo=_JOB.undo,
    undone=_JOB.undone,
    examples=(ConvertMailboxToShared(user_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),),
)
