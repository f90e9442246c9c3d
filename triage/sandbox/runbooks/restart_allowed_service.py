"""The twin of Restart-AllowedService.ps1: restarts a Windows service on a server that is not tier 0."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.runbooks.contract import EXECUTION_ID, GUID, Outcome, Twin, refused
from triage.sandbox.tenant import Tenant, record


def restart(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Restart the service; every service the company lists for the server is allowed, on tier 0 none is."""
    server = tenant.servers.get(parameters["ServerName"].lower())
    names = {name.lower(): name for name in server.services} if server else {}
    name = names.get(parameters["ServiceName"].lower())
    if server is None or server.tier0 or name is None:
        return refused("service_not_allowed")
    service = server.services[name]
    before = {"status": service.state}
    service.state, service.started_at = "Running", tenant.clock()
    service.restarts += 1
    after = {"status": service.state}
    record(
        tenant,
        actor=TWIN.name,
        area="onprem",
        what="Restart service",
        target=(f"{server.name}/{name}", f"{name} on {server.name}"),
        before=before,
        after=after | {"restarts": service.restarts},
        correlation=parameters[EXECUTION_ID],
    )
    return Outcome(ok=True, changed=True, before=before, after=after, detail="restarted")


TWIN = Twin(
    name="Restart-AllowedService",
    parameters={
        "ServerName": r"[A-Za-z0-9.-]{1,255}",
        "ServiceName": r"[A-Za-z0-9_.$ -]{1,256}",
        EXECUTION_ID: GUID,
    },
    before=("status",),
    after=("status",),
    run=restart,
)
