"""Mailboxes as actions use them: who has one, who may be let in, and how a runbook is told."""

from __future__ import annotations

from collections.abc import Mapping

from actions.clients.call import Json
from actions.contract import Blocker, World
from actions.errors import NotFound
from actions.guards import NO_USER, find_user, shown
from actions.vocabulary import Change, Plan

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


async def access_plan(world: World, mailbox: str, trustee_id: str, permissions: str, *, given: bool) -> Plan:
    """Return each permission as asked; what the trustee has now only Exchange can tell."""
    trustee = await world.graph.users.get(trustee_id)
    after = "given" if given else "none"
    fields = (f"{permission} of {shown(trustee)}" for permission in sorted(set(permissions.split(","))))
    return Plan(changes=tuple(Change(target=f"mailbox {mailbox}", field=one, after=after) for one in fields))


async def access_told(
    world: World, mailbox: str, trustee_id: str, permissions: str, *, given: bool
) -> Mapping[str, str]:
    """Return the parameters of the runbooks that give and take access to a mailbox."""
    return {
        "Mailbox": mailbox,
        "Trustee": await mailbox_address(world, trustee_id),
        "Permission": permissions,
        "State": "granted" if given else "revoked",
    }


def take_again(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """Return the parameters that take what was given, and leave what the trustee had before."""
    held = str(before.get("held", "")).split(",")
    given = [one for one in told["Permission"].split(",") if one not in held]
    return {**told, "Permission": ",".join(given), "State": "revoked"}


def give_again(told: Mapping[str, str], before: Json) -> Mapping[str, str]:
    """Return the parameters that give back what was taken."""
    return {**told, "Permission": str(before.get("held", "")), "State": "granted"}
