"""Looks at what our app may do in Graph, at what eligible roles, sender and our own credentials show."""

from __future__ import annotations

from datetime import datetime

from actions.clients.bearer import app_roles, includes
from actions.clients.graph.permissions import PERMISSIONS
from actions.errors import Forbidden, NotFound
from triage.access import secret_in_use
from triage.doctor.examine import Check
from triage.doctor.finding import Finding, fail, ok, skipped, warn
from triage.doctor.ground import Ground
from triage.doctor.needs import ROTATE, WATCH, missing, unused
from triage.secrets.life import Life, lives, serving

_RENEW = "triage secrets rotate"
_NOBODY = "00000000-0000-0000-0000-000000000000"
_GRANT = (
    "`triage permissions --az` (or --powershell) prints the commands for a Privileged Role Administrator."
)


async def _roles(ground: Ground) -> Finding:
    held = await _held(ground)
    lacking = missing(held)
    if lacking:
        told = "; ".join(f"{one} (stops {', '.join(who)})" for one, who in lacking.items())
        return fail(f"Not granted in Graph: {told}.", _GRANT)
    return ok(f"Graph grants all that is needed ({len(held)} permissions).")


async def _unused(ground: Ground) -> Finding:
    extra = unused(await _held(ground))
    if extra:
        return warn(
            f"Granted in Graph and used by nothing here: {', '.join(extra)}.",
            "Take them away: Entra admin centre > Enterprise applications > our app > Permissions.",
        )
    return ok("Graph grants nothing that is not used.")


async def _eligible_roles(ground: Ground) -> Finding:
    if _lacks(await _held(ground), "roles.eligible"):
        return _needs_grant(PERMISSIONS["roles.eligible"])
    try:
        await ground.world.graph.roles.eligible(_NOBODY)
    except Forbidden as error:
        return fail(
            f"Roles that may be activated cannot be read ({error.code}), so every target counts as unknown.",
            "They need Entra ID P2 or Governance in the tenant (graph.md section 3).",
        )
    return ok("Roles that people may activate (PIM) can be read.")


async def _sender(ground: Ground) -> Finding:
    address = ground.settings.cloud.mail_sender
    if not address:
        return skipped("No sender is set.", "Set TRIAGE_CLOUD__MAIL_SENDER.")
    if _lacks(await _held(ground), "users.get"):
        return _needs_grant(PERMISSIONS["users.get"])
    try:
        found = await ground.world.graph.users.get(address)
    except NotFound:
        return fail(f"There is no mailbox {address} to send from.", "Correct TRIAGE_CLOUD__MAIL_SENDER.")
    if not found.mail:
        return fail(f"{address} has no mailbox.", "Give it one, or correct TRIAGE_CLOUD__MAIL_SENDER.")
    return ok(f"Notices go out from {found.mail}.")


async def _credentials(ground: Ground) -> Finding:
    held = await _held(ground)
    if not (includes(held, WATCH) or ROTATE in held):
        return skipped(
            "When our credentials end cannot be seen.", f"Grant {WATCH}, or note the date elsewhere."
        )
    found = await ground.world.graph.applications.registration(ground.settings.entra.client_id)
    used = serving(lives(found, start=secret_in_use(ground.settings).get_secret_value()))
    if used is None:
        return warn("The registration has no credential that looks like ours.", "Is it the right client id?")
    return _told(used, ground.clock())


async def _sign_in_time(ground: Ground) -> Finding:
    """Look whether ID tokens tell when somebody signed in: without it nobody approves credential steps."""
    held = await _held(ground)
    if not (includes(held, WATCH) or ROTATE in held):
        return skipped("Whether tokens tell the time of a sign-in cannot be seen.", f"Grant {WATCH}.")
    found = await ground.world.graph.applications.registration(ground.settings.entra.client_id)
    asked = found.optional_claims.id_token if found.optional_claims else ()
    if "auth_time" in {one.name for one in asked}:
        return ok("ID tokens tell when somebody signed in (auth_time).")
    return fail(
        "ID tokens do not tell when somebody signed in, so nobody can approve a step of tier 3 or above.",
        "Entra admin centre > App registrations > our app > Token configuration > Add optional claim > ID >"
        " auth_time.",
    )


def _told(used: Life, now: datetime) -> Finding:
    until, days = f"{used.ends_at:%Y-%m-%d}", used.warning(now)
    if days == 0:
        return fail(f"Our credential {used.name} expired on {until}.", _RENEW)
    if days is not None:
        return warn(
            f"Our credential {used.name} ends on {until}: under {days} days are left.",
            _RENEW,
        )
    return ok(f"Our credential {used.name} ends on {until}, in {used.days_left(now)} days.")


async def _held(ground: Ground) -> frozenset[str]:
    """Return the permissions in our token; one that cannot be read shows none."""
    return app_roles(await ground.tokens.token(ground.settings.cloud.graph_scope)) or frozenset()


def _lacks(held: frozenset[str], operation: str) -> bool:
    return not includes(held, PERMISSIONS[operation])


def _needs_grant(permission: str) -> Finding:
    return skipped(f"Not looked at without {permission}.", "Mend graph.roles.")


CHECKS = (
    Check("graph.roles", _roles, needs=("token.graph",)),
    Check("graph.unused", _unused, needs=("token.graph",)),
    Check("graph.eligible_roles", _eligible_roles, needs=("token.graph", "reach.graph")),
    Check("graph.sign_in_time", _sign_in_time, needs=("token.graph", "reach.graph")),
    Check("graph.mail_sender", _sender, needs=("token.graph", "reach.graph")),
    Check("graph.credentials", _credentials, needs=("token.graph", "reach.graph")),
)
