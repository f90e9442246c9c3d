"""Passwords of cloud accounts as actions set them: the run's own, once, with every session ended after it."""

from __future__ import annotations

from collections.abc import Sequence

from actions.contract import RunContext, Seen, Verification, World
from actions.errors import OutcomeUnknown, Refused
from actions.guards import ACCOUNT_GONE, SESSIONS_STAND, find_user

SETTING: Sequence[str] = ("users.set_password", "users.revoke_sessions")
"""What setting a password does in Graph."""


async def set_password(world: World, user_id: str, run: RunContext) -> None:
    """Set the password of the run, then revoke the sessions begun with the old one."""
    if run.secret is None:
        raise Refused(
            "A password was to be set without the one of the run.",
            hint="This is a bug of the workflow: it makes and seals the password before the call.",
            subject=f"run {run.run_id}",
        )
    try:
        await world.graph.users.set_password(user_id, run.secret)
    except OutcomeUnknown:  # the time of the last change tells; only if it does not, nobody knows
        user = await world.graph.users.get(user_id)
        if not run.accounts_for(user.last_password_change_date_time):
            raise
    await world.graph.users.revoke_sessions(user_id)


async def verify_set(world: World, user_id: str, run: RunContext) -> Verification:
    """Tell whether both times moved since the run began; Entra keeps them by the second."""
    user = await find_user(world, user_id)
    if user is None:
        return ACCOUNT_GONE
    if not run.accounts_for(user.last_password_change_date_time):
        return Verification(Seen.ABSENT, "The password has not changed since the run began.")
    if not run.accounts_for(user.sign_in_sessions_valid_from_date_time):
        return SESSIONS_STAND
    return Verification(Seen.DONE, "The password was changed and the sessions were revoked.")
