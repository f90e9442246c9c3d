"""What runbooks leave in Key Vault for a run: under which names, and how it is taken away unseen."""

from __future__ import annotations

from actions.vocabulary import SecretKind
from triage.domain.run import Run
from triage.workflow.services import Services


def secret_name(run: Run) -> str:
    """Return the name under which a runbook leaves the run's secret."""
    return f"triage-{run.id}"


def void_name(run: Run) -> str:
    """Return the name of the secret that replaces an undeliverable one and is shown to nobody."""
    return f"{secret_name(run)}-void"


async def empty_vault(services: Services, run: Run) -> None:
    """Delete the run's secrets from the vault; nothing happens for an action that leaves none there.

    Raises:
        OutsideError: the vault did not take it.
    """
    action = services.tools.actions.get(run.action)
    if action is not None and action.secret is SecretKind.VAULT:
        vault = services.acting(run.id).vault
        await vault.delete(secret_name(run))
        await vault.delete(void_name(run))
