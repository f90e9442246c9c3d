"""`triage permissions`: the least our app must be granted, as table, as JSON, as commands to run."""

from __future__ import annotations

from typing import Annotated

import typer

from triage.cli.console import JsonTarget, add_row, console, emit_json, report, safe, summary, table
from triage.doctor.commands import az, powershell
from triage.doctor.manifest import Manifest, manifest
from triage.errors import BadInput
from triage.settings import load_settings

Az = Annotated[bool, typer.Option("--az", help="Print commands of the Azure CLI instead of tables.")]
PowerShell = Annotated[
    bool, typer.Option("--powershell", help="Print commands of Graph PowerShell and Az instead of tables.")
]
_HELP = """Tell the least our app must be granted, and why.

It follows from the actions that playbooks start, from enrichment and from mail; no network is used."""


def register(app: typer.Typer) -> None:
    """Add `permissions`."""
    app.command("permissions", help=_HELP)(permissions)


def permissions(*, as_az: Az = False, as_powershell: PowerShell = False, json: JsonTarget = None) -> None:
    """Tell the least our app must be granted, and why.

    It follows from the actions that playbooks start, from enrichment and from mail; no network is used.

    Raises:
        BadInput: commands were asked for in two shells, or together with JSON on stdout.
    """
    if as_az + as_powershell + (json is not None) > 1:
        raise BadInput("only one form at a time", hint="Say --az, --powershell or --json.")
    found = manifest(load_settings())
    emit_json(found, json)
    if as_az or as_powershell:
        for line in az(found) if as_az else powershell(found):
            console().print(safe(line), soft_wrap=True)
        return
    _show(found, json)


def _show(found: Manifest, json: JsonTarget) -> None:
    graph = table("Microsoft Graph, application permissions", "Permission, app role id", "For")
    for one in found.graph:
        why = ", ".join(one.why) + (" (optional)" if one.optional else "")
        add_row(graph, f"{one.permission}\n{one.id}", why)
    azure = table("Azure roles", "Role", "On", "For")
    for role in found.azure:
        add_row(azure, role.role, role.scope, ", ".join(role.why))
    instance = table("ServiceNow, integration user", "Role or rule", "For")
    for right in found.servicenow:
        add_row(instance, right.role, right.why)
    for drawn in (graph, azure, instance):
        report(json).print(drawn)
    summary(f"{len(found.graph)} permissions of Graph; --az and --powershell print the commands", target=json)
