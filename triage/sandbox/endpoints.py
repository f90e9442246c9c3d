"""Where a running sandbox is reached, as a record and as the settings our service needs to reach it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from triage.sandbox import servicenow, verified_id
from triage.sandbox.arm import ACCOUNT, RESOURCE_GROUP, subscription_id
from triage.sandbox.founding import service_desk
from triage.sandbox.registrations import api_audience, credentials
from triage.sandbox.tenant import Tenant


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Base addresses without a trailing slash; `window` is for a browser, `ca_file` is what clients trust.

    In process there is no TLS, so there `ca_file` is None.
    """

    authority: str
    graph: str
    arm: str
    vault: str
    servicenow: str
    window: str
    ca_file: Path | None
    tenant_id: str


def endpoints_at(tenant: Tenant, urls: Mapping[str, str], ca_file: Path | None) -> Endpoints:
    """Return the record for apps that listen at these urls."""
    return Endpoints(
        authority=urls["entra"],
        graph=f"{urls['graph']}/v1.0",
        arm=urls["arm"],
        vault=urls["vault"],
        servicenow=urls["servicenow"],
        window=urls["browser"],
        ca_file=None if ca_file is None else ca_file.absolute(),
        tenant_id=tenant.id,
    )


def settings(tenant: Tenant, endpoints: Endpoints) -> dict[str, str]:
    """Return the `TRIAGE_*` environment with which our service reaches this sandbox."""
    service, snow = credentials(tenant, "service"), servicenow.credentials(tenant)
    entra = {
        "TENANT_ID": tenant.id,
        "CLIENT_ID": service.client_id,
        "CLIENT_SECRET": service.secret,
        "AUTHORITY": endpoints.authority,
        "INSTANCE_DISCOVERY": "false",
    }
    cloud = {
        "GRAPH_URL": endpoints.graph,
        "ARM_URL": endpoints.arm,
        "VAULT_URL": endpoints.vault,
        "SUBSCRIPTION_ID": subscription_id(tenant),
        "RESOURCE_GROUP": RESOURCE_GROUP,
        "AUTOMATION_ACCOUNT": ACCOUNT,
        "WORKER_GROUP": tenant.workers[0].group,
        "MAIL_SENDER": service_desk(tenant),
    }
    instance = {
        "URL": endpoints.servicenow,
        "CLIENT_ID": snow.client_id,
        "CLIENT_SECRET": snow.client_secret,
        "APPROVALS": "true",
        "USER": snow.user_name,
    }
    verified = {
        "URL": f"{endpoints.authority}{verified_id.PATH}/v1.0",
        "AUTHORITY": verified_id.authority(tenant),
    }
    sections = {"ENTRA": entra, "CLOUD": cloud, "SERVICENOW": instance, "VERIFIED_ID": verified}
    nested = {
        f"TRIAGE_{s}__{name}": value for s, values in sections.items() for name, value in values.items()
    }
    trust = {} if endpoints.ca_file is None else {"TRIAGE_CA_FILE": str(endpoints.ca_file)}
    return trust | nested


def script_settings(tenant: Tenant, endpoints: Endpoints) -> dict[str, str]:
    """Return what a script needs to get a token for our own API (role `intake`)."""
    script = credentials(tenant, "script")
    return {
        "authority": f"{endpoints.authority}/{tenant.id}",
        "client_id": script.client_id,
        "client_secret": script.secret,
        "scope": f"{api_audience(tenant)}/.default",
    }
