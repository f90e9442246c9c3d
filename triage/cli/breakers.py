"""`triage breakers`: circuit breakers that trouble opened, and closing them, through the API of the service.

Closing needs two people, so each needs a token of their own, as for `triage review`.
"""

from __future__ import annotations

from typing import Annotated

import typer

from triage.cli.console import JsonTarget, add_row, emit_json, report, summary, table
from triage.cli.remote import remote, told


def register(app: typer.Typer) -> None:
    """Add the `breakers` group."""
    group = typer.Typer(no_args_is_help=True, help="List open circuit breakers, and agree to close one.")
    group.command("list")(list_open)
    group.command("close")(close)
    app.add_typer(group, name="breakers")


def list_open(*, json: JsonTarget = None) -> None:
    """List the actions that run only with approval since too much went wrong."""
    with remote() as service:
        found = told(service.get("/breakers"))
    emit_json(found, json)
    drawn = table("Open breakers", "Action", "Since", "#Agreed to close")
    for action, breaker in found.items():
        add_row(drawn, action, breaker["opened_at"], len(breaker["agreed"]))
    report(json).print(drawn)
    summary(f"{len(found)} open", ok=not found, target=json)


def close(
    action: Annotated[str, typer.Argument(help="The action, by its name.")], *, json: JsonTarget = None
) -> None:
    """Agree that the breaker of an action is closed; the second person's word closes it."""
    with remote() as service:
        found = told(service.post("/breakers/close", json={"action": action}))
    emit_json(found, json)
    still = found["opened_at"] is not None
    words = "one more person has to agree" if still else "closed: it may run by itself again"
    summary(f"{action}: {words}", target=json)
