"""What holds for every person or group an action touches, as blockers in plain words."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

from actions.clients.graph.values import Group, User
from actions.contract import Blocker, Seen, Verification, World
from actions.errors import NotFound

ACCOUNT_OPERATIONS = ("users.get", "groups.of_user", "roles.active", "roles.eligible")
"""What `read_account` does in Graph."""

NO_USER = Blocker("user_not_found", "There is no such account: it was deleted. Check whom the ticket means.")
NO_GROUP = Blocker("group_not_found", "There is no such group: it was deleted. Check which one is meant.")
ACCOUNT_GONE = Verification(Seen.FAILED, NO_USER.sentence)
SESSIONS_STAND = Verification(Seen.ABSENT, "The sessions have not been revoked since the run began.")


@dataclass(frozen=True)
class Account:
    """An account with what makes it privileged; role names are Entra's display names."""

    user: User
    roles: tuple[str, ...]
    role_groups: tuple[str, ...]

    @property
    def privileged(self) -> bool:
        """Whether a role is held or may be switched on, directly or through a group."""
        return bool(self.roles or self.role_groups)


async def find_user(world: World, user_id: str) -> User | None:
    """Return the user, or `None` when the account is gone."""
    try:
        return await world.graph.users.get(user_id)
    except NotFound:
        return None


async def find_group(world: World, group_id: str) -> Group | None:
    """Return the group, or `None` when it is gone."""
    try:
        return await world.graph.groups.get(group_id)
    except NotFound:
        return None


async def read_account(world: World, user_id: str) -> Account | None:
    """Read an account and its privileges now; `None` when it is gone.

    Raises:
        OutsideError: one of the look-ups failed; what cannot be seen counts as privileged, so nothing runs.
    """
    user = await find_user(world, user_id)
    if user is None:
        return None
    graph = world.graph
    active, eligible, groups = await asyncio.gather(
        graph.roles.active(user.id), graph.roles.eligible(user.id), graph.groups.of_user(user.id)
    )
    role_groups = tuple(sorted(_name(group) for group in groups if group.is_assignable_to_role))
    return Account(user, (*active, *eligible), role_groups)


def credential_blockers(account: Account) -> tuple[Blocker, ...]:
    """Return why nobody's machine may touch the credential of this account.

    Graph refuses an app that resets an administrator (graph.md section 4.1), and nobody should grant it the
    role to do so.
    """
    user, found = account.user, []
    if account.privileged:
        held = ", ".join((*account.roles, *account.role_groups))
        sentence = f"{shown(user)} is privileged ({held}); an administrator resets such accounts in person."
        found.append(Blocker("privileged_target", sentence))
    if user.guest:
        sentence = f"{shown(user)} is a guest; the password lives in the guest's own organisation."
        found.append(Blocker("guest", sentence))
    if user.is_management_restricted:
        sentence = f"{shown(user)} is in a restricted administrative unit; its administrators must do it."
        found.append(Blocker("management_restricted", sentence))
    return tuple(found)


def cloud_account_blockers(account: Account) -> tuple[Blocker, ...]:
    """Return why nobody's machine may touch the sign-in of this account through Graph."""
    return (*credential_blockers(account), *cloud_mastered(account.user))


def cloud_mastered(user: User) -> tuple[Blocker, ...]:
    """Return a blocker for an account that is mastered in Active Directory: Graph refuses to change it."""
    if not user.synced:
        return ()
    return (Blocker("synced", f"{shown(user)} is synced from Active Directory and is changed there."),)


def group_blockers(group: Group) -> tuple[Blocker, ...]:
    """Return why Graph cannot or must not change the members (graph.md section 7)."""
    name = group.display_name or group.id
    reasons = {
        "synced_group": (group.synced, f"{name} is synced from Active Directory; it is changed there."),
        "mail_enabled_group": (
            group.kind in {"distribution", "mailsecurity"},
            f"{name} is a distribution list; it is changed in Exchange.",
        ),
    }
    return (*untouchable_group(group), *_holding(reasons))


def untouchable_group(group: Group) -> tuple[Blocker, ...]:
    """Return why nobody's machine changes the members of this group, wherever it lives."""
    name = group.display_name or group.id
    reasons = {
        "hidden_group": (group.group_types is None, f"Our rights do not show what {name} is."),
        "role_assignable": (
            group.is_assignable_to_role is True,
            f"{name} can hold directory roles; only an administrator changes it.",
        ),
        "dynamic_group": (
            group.dynamic,
            f"{name} takes its members by a rule; change the person or the rule.",
        ),
    }
    return _holding(reasons)


def shown(user: User) -> str:
    """Return the account as a person recognises it: display name and UPN."""
    return f"{user.display_name or 'unnamed'} ({user.user_principal_name})"


def _holding(reasons: Mapping[str, tuple[bool, str]]) -> tuple[Blocker, ...]:
    return tuple(Blocker(code, sentence) for code, (holds, sentence) in reasons.items() if holds)


def _name(group: Group) -> str:
    return f"group {group.display_name or group.id}"
