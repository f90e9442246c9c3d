"""Secrets that another system tells us: put into Key Vault at once, from where their owner is shown them."""

from __future__ import annotations

from datetime import timedelta

from pydantic import SecretStr

from actions.contract import RunContext, Seen, Verification, World
from actions.errors import NotFound, Refused

_LIFE = timedelta(hours=1)
_RUN = "executionId"


def secret_name(run: RunContext) -> str:
    """Return the Key Vault name under which the run's secret is kept.

    Raises:
        Refused: the workflow gave none.
    """
    if not run.secret_name:
        raise Refused(
            "An action that seals a secret was started without a name for it.",
            hint="This is a bug of the workflow: it chooses the Key Vault name before the call.",
            subject=f"run {run.run_id}",
        )
    return run.secret_name


async def keep(world: World, run: RunContext, secret: SecretStr) -> None:
    """Keep the secret in the vault for an hour, marked with the run."""
    ends, tags = run.started_at + _LIFE, {_RUN: str(run.run_id)}
    await world.vault.set(secret_name(run), secret, expires=ends, tags=tags)


async def verify_kept(world: World, run: RunContext) -> Verification:
    """Tell whether the vault holds this run's secret."""
    try:
        kept = await world.vault.get(secret_name(run))
    except NotFound:
        return Verification(Seen.ABSENT, "The vault holds no secret of this run.")
    if kept.tags.get(_RUN) != str(run.run_id):
        return Verification(Seen.ABSENT, "The vault holds the secret of another run.")
    return Verification(Seen.DONE, "It is sealed, to be shown once.")
