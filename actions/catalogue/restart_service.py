"""Restart a Windows service that is allowed on its server.

The site's list decides before, the worker's own list decides again where it happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from pydantic import Field

from actions.contract import Action, Blocker, RunContext, World
from actions.onprem import RunbookJob
from actions.vocabulary import Change, Params, Plan, Route, Tier


class RestartService(Params):
    """Which service on which server."""

    server: str = Field(description="Name of the server", pattern=r"^[A-Za-z0-9.-]{1,255}$")
    service: str = Field(
        description="Name of the service, not its display name", pattern=r"^[A-Za-z0-9_.$ -]{1,256}$"
    )
    worker_group: str = Field(
        description="Hybrid worker group that reaches the server", pattern=r"^[A-Za-z0-9._ -]{1,63}$"
    )


async def check(_world: World, _params: RestartService) -> tuple[Blocker, ...]:
    """Nothing can be seen from here: the policy knows the site's list, the runbook the worker's."""
    return ()


async def plan(_world: World, params: RestartService) -> Plan:
    """One restart."""
    target = f"service {params.service} on {params.server}"
    return Plan(changes=(Change(target=target, field="state", after="restarted, running"),))


async def tell(_world: World, params: RestartService, _run: RunContext) -> Mapping[str, str]:
    """Which service on which server."""
    return {"ServerName": params.server, "ServiceName": params.service}


_JOB = RunbookJob("Restart-AllowedService", tell, workers=lambda _world, params: params.worker_group)

ACTION = Action(
    name="restart_service",
    title="Restart a service",
    impact="Whoever uses the service is interrupted for up to a minute; what is not saved in it is lost.",
    tier=Tier.DISRUPTIVE,
    route=Route.ONPREM,
    permissions=frozenset(),
    runbook=_JOB.runbook,
    params=RestartService,
    locks=lambda params: (f"service:{params.server}/{params.service}".casefold(),),
    settle=timedelta(minutes=30),
    repeatable=False,
    check=check,
    plan=plan,
    execute=_JOB.execute,
    verify=_JOB.verify,
    undo_reason="What was interrupted stays interrupted.",
    examples=(RestartService(server="HL-PRN-01", service="Spooler", worker_group="hamburg"),),
)
