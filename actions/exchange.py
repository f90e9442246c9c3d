"""Mailboxes as actions use them: who has one, who may be let in, and how a runbook is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import Field

from actions.clients.call import Json
from actions.contract import Blocker, RunContext, World
from actions.errors import NotFound
from actions.guards import NO_USER, find_user, shown
from actions.vocabulary import Change, ObjectId, Params, Plan

MAILBOX_OPERATIONS = ("users.get", "mailboxes.automatic_replies")
"""What `own_mailbox_blockers` and `mailbox_address` do in Graph."""
ADDRESS = r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,190}$"
"""An address as the runbooks take it."""
PERMISSIONS = r"^(FullAccess|SendAs|SendOnBehalf)(,(FullAccess|SendAs|SendOnBehalf)){0,2}$"
"""One permission on a mailbox, or several with commas between."""


async def own_mailbox_blockers(world: World, user_id: str) -> tuple[Blocker, ...]:
    """Return why Exchange Online has no mailbox of this person that could be changed."""
    user = await find_user(world, user_id)
    if user is None:
        return (NO_USER,)
    try:
        await world.graph.mailboxes.automatic_replies(user_id)
    except NotFound:
        return (Blocker("no_mailbox", f"{shown(user)} has no mailbox in Exchange Online."),)
    return ()


async def trustee_blockers(world: World, user_id: str) -> tuple[Blocker, ...]:
    """Return why nobody's machine lets this person into a mailbox."""
    user = await find_user(world, user_id)
    if user is None:
        return (NO_USER,)
    if user.guest or not user.account_enabled:
        sentence = f"{shown(user)} is a guest or disabled and gets no access to a mailbox."
        return (Blocker("no_colleague", sentence),)
    if not user.mail:
        return (Blocker("no_address", f"{shown(user)} has no mail address, so Exchange cannot name them."),)
    return ()


async def mailbox_address(world: World, user_id: str) -> str:
    """Return the address by which Exchange knows this person.

    Raises:
        NotFound: the person is gone or has no address.
    """
    user = await world.graph.users.get(user_id)
    if not user.mail:
        raise NotFound(
            f"{shown(user)} has no mail address.",
            hint="Without one there is no mailbox; a person must look at the account.",
            subject=f"user {user_id}",
        )
    return user.mail


class MailboxAccess(Params):
    """Who may, or no longer may, do what with which mailbox."""

    mailbox: str = Field(description="Address of the mailbox", pattern=ADDRESS)
    trustee_id: ObjectId = Field(description="Object id of the person")
    permissions: str = Field(
        description="FullAccess, SendAs, SendOnBehalf, or several with commas between", pattern=PERMISSIONS
    )


@dataclass(frozen=True)
class AccessChange:
    """Access to a mailbox that is given, or taken: its checks, its plan, and how a runbook is told."""

    given: bool

    async def check(self, world: World, params: MailboxAccess) -> tuple[Blocker, ...]:
        """Let in only a colleague with an address; take from anybody, also from who is disabled by now."""
        if self.given:
            return await trustee_blockers(world, params.trustee_id)
        return () if await find_user(world, params.trustee_id) else (NO_USER,)

    async def plan(self, world: World, params: MailboxAccess) -> Plan:
        """Return each permission as asked; what the trustee has now only Exchange can tell."""
        trustee = await world.graph.users.get(params.trustee_id)
        after = "given" if self.given else "none"
        wanted = sorted(set(params.permissions.split(",")))
        target = f"mailbox {params.mailbox}"
        fields = (f"{permission} of {shown(trustee)}" for permission in wanted)
        return Plan(changes=tuple(Change(target=target, field=one, after=after) for one in fields))

    async def tell(self, world: World, params: MailboxAccess, _run: RunContext) -> Mapping[str, str]:
        """Return the parameters of the runbooks that give and take access to a mailbox."""
        return {
            "Mailbox": params.mailbox,
            "Trustee": await mailbox_address(world, params.trustee_id),
            "Permission": params.permissions,
            "State": "granted" if self.given else "revoked",
        }


def mailbox_locks(params: MailboxAccess) -> tuple[str, ...]:
    """Return what nothing else may change meanwhile: the mailbox and the person."""
    return f"mailbox:{params.mailbox}".casefold(), f"person:{params.trustee_id}"


def take_again(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """Return the parameters that take what was given, and leave what the trustee had before."""
    held = str(before.get("held", "")).split(",")
    given = [one for one in told["Permission"].split(",") if one not in held]
    return {**told, "Permission": ",".join(given), "State": "revoked"}


def give_again(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """Return the parameters that give back what was taken."""
    return {**told, "Permission": str(before.get("held", "")), "State": "granted"}
