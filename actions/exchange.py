"""Mailboxes as actions use them: what runbooks in Exchange need to find one, and who has none."""

from __future__ import annotations

from actions.contract import Blocker, World
from actions.errors import NotFound
from actions.guards import NO_USER, find_user, shown

MAILBOX_OPERATIONS = ("users.get", "mailboxes.automatic_replies")
"""What `own_mailbox_blockers` and `mailbox_address` do in Graph."""


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


async def mailbox_address(world: World, user_id: str) -> str:
    """Return the address by which Exchange knows the mailbox of this person.

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
