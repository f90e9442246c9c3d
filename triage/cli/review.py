"""`triage review`: what waits for people, and the three answers, through the API of a running service."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import typer

from triage.cli.console import JsonTarget, add_row, emit_json, report, safe, summary, table
from triage.cli.remote import remote, told
from triage.errors import Unknown

Which = Annotated[str, typer.Argument(metavar="REVIEW", help="A review's id, or its ticket's number.")]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask; what is shown is answered.")]
Case = dict[str, Any]


def register(app: typer.Typer) -> None:
    """Add the `review` group."""
    group = typer.Typer(no_args_is_help=True, help="List, show, approve, reject and correct waiting tickets.")
    group.command("list")(list_waiting)
    group.command("show")(show)
    group.command("approve")(approve)
    group.command("reject")(reject)
    group.command("correct")(correct)
    app.add_typer(group, name="review")


def list_waiting(*, json: JsonTarget = None) -> None:
    """List what waits for people, oldest first."""
    with remote() as api:
        found = list(_waiting(api))
    emit_json(found, json)
    drawn = table("Waiting", "Ticket", "Intent", "#Sure", "#Tier", "Needs", "Why")
    for case in found:
        decision, review = case["decision"], case["review"]
        needs = f"{review['needed']} x {review['role']}"
        why = decision["rules"][0]["sentence"] if decision["rules"] else ""
        confidence = f"{decision['confidence']:.2f}"
        add_row(drawn, decision["number"], decision["label"], confidence, review["tier"], needs, why)
    report(json).print(drawn)
    summary(f"{len(found)} waiting", target=json)


def show(which: Which, *, json: JsonTarget = None) -> None:
    """Show one review: what was understood, what speaks for and against it, what would change."""
    with remote() as api:
        case = _find(api, which)
    emit_json(case, json)
    _tell(case, json)


def approve(which: Which, *, yes: Yes = False, json: JsonTarget = None) -> None:
    """Approve exactly the plan that is shown."""
    _answer("approve", which, yes=yes, json=json)


def reject(which: Which, *, yes: Yes = False, json: JsonTarget = None) -> None:
    """Decline what is shown; people take the ticket over."""
    _answer("reject", which, yes=yes, json=json)


def correct(
    which: Which,
    label: Annotated[str, typer.Argument(help="What the ticket is really about.")],
    *,
    yes: Yes = False,
    json: JsonTarget = None,
) -> None:
    """Say what the ticket is really about; it is decided anew and comes back to review."""
    _answer("correct", which, yes=yes, json=json, label=label)


def _answer(question: str, which: str, *, yes: bool, json: JsonTarget, label: str = "") -> None:
    with remote() as api:
        case = _find(api, which)
        _tell(case, json)
        if not yes:
            typer.confirm(f"{question} this?", abort=True, err=True)
        review = case["review"]
        body = {"fingerprint": review["fingerprint"]} | ({"label": label} if label else {})
        path, key = f"/reviews/{review['id']}/{question}", {"Idempotency-Key": str(uuid.uuid4())}
        reply = told(api.post(path, json=body, headers=key))
    emit_json(reply, json)
    summary(
        f"{case['decision']['number']}: {reply['state']}, {reply['given']} of {reply['needed']} approvals",
        target=json,
    )


def _waiting(api: httpx.Client) -> Iterator[Case]:
    cursor = ""
    while True:
        page = told(api.get("/reviews", params={"limit": 200, "cursor": cursor}))
        yield from page["items"]
        cursor = page["next"]
        if not cursor:
            return


def _find(api: httpx.Client, which: str) -> Case:
    for case in _waiting(api):
        if which in (case["review"]["id"], case["decision"]["number"]):
            return case
    raise Unknown(
        f"nothing waits under {which!r}", hint="`triage review list` shows what waits.", subject=which
    )


def _tell(case: Case, json: JsonTarget) -> None:
    decision, out = case["decision"], report(json)
    sure = f"{decision['label']}, {decision['confidence']:.2f} sure, tier {decision['tier']}"
    out.print(safe(f"{decision['number']}: {sure}"), soft_wrap=True)
    for rule in decision["rules"]:
        out.print(safe(f"· {rule['sentence']} [{rule['id']}]"), soft_wrap=True)
    drawn = table("What was understood", "Parameter", "Value", "From", "Evidence")
    for name, one in decision["parameters"].items():
        value = one["value"] if isinstance(one["value"], str) else ", ".join(one["value"])
        add_row(drawn, name, value, one["source"], one["evidence"])
    out.print(drawn)
    changes = table("What would change", "Target", "Field", "Before", "After")
    for change in decision["changes"]:
        add_row(changes, change["target"], change["field"], change["before"], change["after"])
    out.print(changes)
