"""The twin of the company's own Clear-PrintQueue.ps1: deletes what waits in the queue of one printer."""

from __future__ import annotations

from collections.abc import Mapping

from triage.sandbox.runbooks.contract import (
    EXECUTION_ID,
    GUID,
    Outcome,
    Setting,
    Twin,
    brought_about,
    refused,
)
from triage.sandbox.tenant import Tenant


def clear(tenant: Tenant, parameters: Mapping[str, str]) -> Outcome:
    """Empty the queue of a printer that the server has."""
    server, printer = tenant.servers.get(parameters["ServerName"].lower()), parameters["PrinterName"]
    if server is None or printer not in server.queues:
        return refused("printer_not_found")
    setting = Setting(
        runbook=TWIN.name,
        what="Clear print queue",
        target=(f"{server.name}/{printer}", f"{printer} on {server.name}"),
        before={"waiting": server.queues[printer]},
        after={"waiting": 0},
    )
    return brought_about(tenant, setting, parameters, lambda: server.queues.update({printer: 0}))


TWIN = Twin(
    name="Clear-PrintQueue",
    parameters={
        "ServerName": r"[A-Za-z0-9.-]{1,255}",
        "PrinterName": r"[A-Za-z0-9-]{1,64}",
        EXECUTION_ID: GUID,
    },
    before=("waiting",),
    after=("waiting",),
    run=clear,
)
