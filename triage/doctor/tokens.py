"""Looks at whether each service's authority gives us a token."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from triage.doctor.examine import Check
from triage.doctor.finding import Finding, ok
from triage.doctor.ground import Ground
from triage.settings import Settings

_SCOPES: dict[str, Callable[[Settings], str]] = {
    "graph": lambda settings: settings.cloud.graph_scope,
    "azure": lambda settings: settings.cloud.arm_scope,
    "key_vault": lambda settings: settings.cloud.vault_scope,
}


async def _entra(name: str, ground: Ground) -> Finding:
    scope = _SCOPES[name](ground.settings)
    await ground.tokens.token(scope)
    return ok(f"Entra gave our app a token for {scope.removesuffix('/.default')}.")


async def _servicenow(ground: Ground) -> Finding:
    await ground.servicenow_tokens.token("")
    return ok("ServiceNow gave our client a token.")


# All three rest on one credential: refused for Graph, it is refused for all, so that is said once.
CHECKS = (
    Check("token.graph", partial(_entra, "graph"), needs=("reach.entra",)),
    Check("token.azure", partial(_entra, "azure"), needs=("token.graph", "reach.azure")),
    Check("token.key_vault", partial(_entra, "key_vault"), needs=("token.graph", "reach.key_vault")),
    Check("token.servicenow", _servicenow, needs=("reach.servicenow",)),
)
