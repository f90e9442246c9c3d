"""`triage runs`: what is being done or waits for its day, and what people can do about it, by the API."""

from __future__ import annotations

import uuid
from typing import Annotated, Any

import typer

from triage.cli.console import JsonTarget, add_row, emit_json, report, safe, summary, table
from triage.cli.remote import remote, told

Which = Annotated[uuid.UUID, typer.Argument(metavar="RUN", help="A run's id, see `triage runs list`.")]
Ticket = Annotated[uuid.UUID, typer.Argument(metavar="TICKET", help="Our id of the ticket.")]


def register(app: typer.Typer) -> None:
    """Add the `runs` group."""
    group = typer.Typer(no_args_is_help=True, help="List, show, cancel, undo and continue what is done.")
    group.command("list")(list_runs)
    group.command("show")(show)
    group.command("cancel")(cancel)
    group.command("undo")(undo)
    group.command("undo-ticket")(undo_ticket)
    group.command("continue")(carry_on)
    app.add_typer(group, name="runs")


def list_runs(*, json: JsonTarget = None) -> None:
    """List the runs that have not ended: at work, held, or waiting for their turn or their day."""
    with remote() as api:
        found = told(api.get("/runs"))["items"]
    emit_json(found, json)
    drawn = table("Runs", "Run", "Ticket", "#Step", "Action", "State", "Not before")
    for run in found:
        state = "held" if run["held"] else run["state"]
        step = run["position"] + 1
        add_row(drawn, run["id"], run["ticket_id"], step, run["action"], state, run["not_before"] or "")
    report(json).print(drawn)
    summary(f"{len(found)} runs have not ended", target=json)


def show(which: Which, *, json: JsonTarget = None) -> None:
    """Show one run with its plan."""
    with remote() as api:
        run = told(api.get(f"/runs/{which}"))
    emit_json(run, json)
    drawn = table("What it changes", "Target", "Field", "Before", "After")
    for change in run["plan"]["changes"]:
        add_row(drawn, change["target"], change["field"], change["before"], change["after"])
    report(json).print(drawn)
    _say(run, json)


def cancel(which: Which, *, json: JsonTarget = None) -> None:
    """Call off every step of a plan that has not begun, this run among them."""
    _post(f"/runs/{which}/cancel", json)


def undo(which: Which, *, json: JsonTarget = None) -> None:
    """Take one verified run back."""
    _post(f"/runs/{which}/undo", json)


def undo_ticket(which: Ticket, *, json: JsonTarget = None) -> None:
    """Take back everything that was done for a ticket, the last step first."""
    with remote() as api:
        found = told(api.post(f"/tickets/{which}/undo"))
    emit_json(found, json)
    for action, reason in found["impossible"].items():
        report(json).print(safe(f"cannot be undone: {action}: {reason}"), soft_wrap=True)
    summary(f"{len(found['runs'])} steps are being taken back", target=json)


def carry_on(which: Ticket, *, json: JsonTarget = None) -> None:
    """Let what is left of a stopped plan be planned anew; it waits for an approval."""
    with remote() as api:
        found = told(api.post(f"/tickets/{which}/continue"))
    emit_json(found, json)
    summary("what is left is being planned; it comes to review", target=json)


def _post(path: str, json: JsonTarget) -> None:
    with remote() as api:
        run = told(api.post(path))
    emit_json(run, json)
    _say(run, json)


def _say(run: dict[str, Any], json: JsonTarget) -> None:
    detail = f": {run['detail']}" if run["detail"] else ""
    summary(f"{run['action']} is {run['state']}{detail}", target=json)
