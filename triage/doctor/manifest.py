"""The least that must be granted in Graph, Azure and ServiceNow, as data, each with why."""

from __future__ import annotations

import httpx

from actions.clients.automation import account_path
from actions.vocabulary import Frozen
from triage.doctor.app_roles import APP_ROLE_IDS, AZURE_ROLE_IDS
from triage.doctor.needs import ROTATION, graph_needs, needed_runbooks, vault_users
from triage.settings import CloudSettings, Settings


class GraphGrant(Frozen):
    """An application permission of Graph with its app-role id; an optional one only adds comfort."""

    permission: str
    id: str
    why: tuple[str, ...]
    optional: bool = False


class AzureGrant(Frozen):
    """A built-in Azure role with its id and the resource it is given on; `<…>` stands for what is not set."""

    role: str
    id: str
    scope: str
    why: tuple[str, ...]


class ServiceNowGrant(Frozen):
    """A role or access rule of the integration user."""

    role: str
    why: str


class Manifest(Frozen):
    """All grants, for the application (client) id of our registration."""

    client_id: str
    graph: tuple[GraphGrant, ...]
    azure: tuple[AzureGrant, ...]
    servicenow: tuple[ServiceNowGrant, ...]


_SERVICENOW = (
    ServiceNowGrant(
        role="snc_platform_rest_api_access", why="to use the Table API, where its rule asks for it"
    ),
    ServiceNowGrant(role="itil", why="to read tickets and people, to write notes, to resolve"),
    ServiceNowGrant(
        role="read of sys_journal_field (ACL)", why="to read comments, and to write no note twice"
    ),
    ServiceNowGrant(role="read of sys_choice (ACL)", why="to resolve with a close code of the instance"),
)

_APPROVALS = (
    ServiceNowGrant(role="approval_admin", why="to open and withdraw approval records"),
    ServiceNowGrant(role="read of sys_audit (ACL)", why="to see who answered an approval record"),
)


def manifest(settings: Settings) -> Manifest:
    """Return what must be granted for the actions that playbooks start, enrichment and mail."""
    needs = (*graph_needs(), *((ROTATION,) if _rotates(settings) else ()))
    graph = tuple(
        GraphGrant(
            permission=one.permission, id=APP_ROLE_IDS[one.permission], why=one.why, optional=one.optional
        )
        for one in needs
    )
    return Manifest(
        client_id=settings.entra.client_id or "<client id>",
        graph=graph,
        azure=(*_automation(settings.cloud), *_vault(settings)),
        servicenow=(*_SERVICENOW, *(_APPROVALS if settings.servicenow.approvals else ())),
    )


def _automation(cloud: CloudSettings) -> tuple[AzureGrant, ...]:
    """Return the roles on the Automation account; Job Operator starts any runbook in it."""
    actions = tuple(name for names in needed_runbooks().values() for name in names)
    if not actions:
        return ()
    scope = account_path(
        cloud.subscription_id or "<subscription id>",
        cloud.resource_group or "<resource group>",
        cloud.automation_account or "<automation account>",
    )
    whys = {
        "Automation Job Operator": actions,
        "Automation Runbook Operator": actions,
        "Reader": ("triage doctor sees when workers were last there",),
    }
    return tuple(
        AzureGrant(role=role, id=AZURE_ROLE_IDS[role], scope=scope, why=why) for role, why in whys.items()
    )


def _rotates(settings: Settings) -> bool:
    """Whether our own identity renews our secret; where another does, it needs the rights and we do not."""
    return bool(settings.rotation.secret_name) and not settings.rotation.client_id


def _vault(settings: Settings) -> tuple[AzureGrant, ...]:
    cloud, users = settings.cloud, vault_users()
    users += ROTATION.why if _rotates(settings) else ()
    if not users:
        return ()
    name = httpx.URL(cloud.vault_url).host.partition(".")[0] or "<vault>"
    subscription = cloud.subscription_id or "<subscription id>"
    scope = (
        f"/subscriptions/{subscription}/resourceGroups/<resource group of the vault>"
        f"/providers/Microsoft.KeyVault/vaults/{name}"
    )
    role = "Key Vault Secrets Officer"
    return (AzureGrant(role=role, id=AZURE_ROLE_IDS[role], scope=scope, why=users),)
