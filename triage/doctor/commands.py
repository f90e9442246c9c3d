"""The manifest as commands an administrator reads, then runs: Azure CLI, or PowerShell with Graph and Az."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from triage.doctor.app_roles import GRAPH_APP
from triage.doctor.manifest import GraphGrant, Manifest


def az(manifest: Manifest) -> tuple[str, ...]:
    """Return commands of the Azure CLI, quoted for a POSIX shell; consent is given for all at the end."""
    return tuple(_az(manifest))


def powershell(manifest: Manifest) -> tuple[str, ...]:
    """Return commands of Microsoft Graph PowerShell and Az, quoted for PowerShell."""
    return tuple(_powershell(manifest))


def _az(manifest: Manifest) -> Iterator[str]:
    app = shlex.quote(manifest.client_id)
    yield "# Microsoft Graph: as Privileged Role Administrator, after `az login`"
    for one in manifest.graph:
        asked = f"az ad app permission add --id {app} --api {GRAPH_APP} --api-permissions {one.id}=Role"
        yield f"{_wanted(one)}{asked}  # {one.permission}"
    yield f"az ad app permission admin-consent --id {app}"
    if manifest.azure:
        yield "# Azure: as owner of the resources"
    for role in manifest.azure:
        yield (
            f"az role assignment create --assignee {app} --role {role.id} --scope {shlex.quote(role.scope)}"
            f"  # {role.role}"
        )


def _powershell(manifest: Manifest) -> Iterator[str]:
    yield "# Microsoft Graph: as Privileged Role Administrator"
    yield "Connect-MgGraph -Scopes 'Application.Read.All', 'AppRoleAssignment.ReadWrite.All'"
    for name, app_id in (("app", manifest.client_id), ("graph", GRAPH_APP)):
        chosen = _quoted(f"appId eq {_quoted(app_id)}")
        yield f"${name} = Get-MgServicePrincipal -Filter {chosen}"
    for one in manifest.graph:
        yield (
            f"{_wanted(one)}New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id"
            f" -PrincipalId $app.Id -ResourceId $graph.Id -AppRoleId {_quoted(one.id)}  # {one.permission}"
        )
    if manifest.azure:
        yield "# Azure: as owner of the resources"
        yield "Connect-AzAccount"
    for role in manifest.azure:
        yield (
            f"New-AzRoleAssignment -ApplicationId {_quoted(manifest.client_id)} -RoleDefinitionId"
            f" {_quoted(role.id)} -Scope {_quoted(role.scope)}  # {role.role}"
        )


def _wanted(one: GraphGrant) -> str:
    """Leave what is optional to the administrator: its command is a comment."""
    return f"# optional, for {', '.join(one.why)}: " if one.optional else ""


def _quoted(text: str) -> str:
    """Quote for PowerShell: an apostrophe inside a quoted text is doubled."""
    return "'" + text.replace("'", "''") + "'"
