"""Create a shared mailbox in Exchange Online and let one person use it: read it and send as it.

Further people are let in by `grant_mailbox_permission`. There is no way back by machine: by the time somebody
wants one, the mailbox may hold mail.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from pydantic import Field

from actions.clients.graph.permissions import least
from actions.contract import Action, Blocker, RunContext, World
from actions.exchange import ADDRESS, mailbox_address, trustee_blockers
from actions.guards import shown
from actions.onprem import SETTLE, RunbookJob
from actions.profile import Value, plain_letters
from actions.vocabulary import Change, ObjectId, Params, Plan, Route, Tier


class CreateSharedMailbox(Params):
    """Which mailbox, for whom."""

    address: str | None = Field(
        default=None, description="Address of the new mailbox; left out: made of its name", pattern=ADDRESS
    )
    display_name: Value = Field(description="What people read in the address book")
    trustee_id: ObjectId = Field(description="Object id of the person who uses it")


async def check(world: World, params: CreateSharedMailbox) -> tuple[Blocker, ...]:
    """A free address of our own domain, and a colleague with an address."""
    if found := await trustee_blockers(world, params.trustee_id):
        return found
    address, domain = await _address(world, params), await _domain(world, params)
    if address.startswith("@"):
        sentence = f"No address can be made of {params.display_name}; ask for one."
        return (Blocker("no_address_given", sentence),)
    if address.partition("@")[2].casefold() != domain.casefold():
        sentence = f"{address} is not at {domain}; ask for an address that is."
        return (Blocker("foreign_domain", sentence),)
    if await world.graph.users.find_by_address(address):
        return (Blocker("address_taken", f"{address} is taken; ask for another address."),)
    return ()


async def plan(world: World, params: CreateSharedMailbox) -> Plan:
    """A mailbox and who uses it."""
    trustee = await world.graph.users.get(params.trustee_id)
    target = f"mailbox {await _address(world, params)}"
    return Plan(
        changes=(
            Change(target=target, field="name", after=params.display_name),
            Change(target=target, field=f"FullAccess and SendAs of {shown(trustee)}", after="given"),
        )
    )


async def tell(world: World, params: CreateSharedMailbox, _run: RunContext) -> Mapping[str, str]:
    """Its address, its name and who uses it."""
    trustee, address = await mailbox_address(world, params.trustee_id), await _address(world, params)
    return {"Address": address, "DisplayName": f"={params.display_name}", "Trustee": trustee}


async def _address(world: World, params: CreateSharedMailbox) -> str:
    """Return the address asked for, else the words of the name with hyphens, where the trustee's mail is."""
    words = re.findall(r"[a-z0-9]+", plain_letters(params.display_name))
    return params.address or f"{'-'.join(words)[:64]}@{await _domain(world, params)}"


async def _domain(world: World, params: CreateSharedMailbox) -> str:
    return (await mailbox_address(world, params.trustee_id)).partition("@")[2]


_JOB = RunbookJob("New-SharedMailbox", tell)

ACTION = Action(
    name="create_shared_mailbox",
    title="Create a shared mailbox",
    impact="A new address is there for everybody to write to; it costs no licence up to 50 GB.",
    tier=Tier.DISRUPTIVE,
    route=Route.CLOUD,
    permissions=least("users.get", "users.find_by_address"),
    runbook=_JOB.runbook,
    params=CreateSharedMailbox,
    locks=lambda params: (f"mailbox:{params.address or params.display_name}".casefold(),),
    settle=SETTLE,
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo_reason="It may hold mail by then; an administrator deletes it, and Exchange keeps it for 30 days.",
    examples=(
        CreateSharedMailbox(display_name="Einkauf Süd", trustee_id="e8ff2d8e-736a-553f-9edf-2e19270add77"),
        CreateSharedMailbox(
            address="fleet@harborline.example",
            display_name="Fleet",
            trustee_id="e8ff2d8e-736a-553f-9edf-2e19270add77",
        ),
    ),
)
