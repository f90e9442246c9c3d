"""`triage review`: what waits for people, and the three answers, through the API of a running service.

An answer is a person's, so it needs that person's token for our API in `TRIAGE_TOKEN`, for instance from
`az account get-access-token --scope api://CLIENT_ID/.default`; there it is out of the process list.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
import typer

from actions.connect import tls
from triage.cli.console import JsonTarget, add_row, emit_json, report, safe, summary, table
from triage.errors import NotConfigured, TriageError, Unknown
from triage.settings import load_settings

TOKEN = "TRIAGE_TOKEN"  # noqa: S105 - the name of the variable
_TIMEOUT_SECONDS = 30.0

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
    with _api() as api:
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
    with _api() as api:
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
    with _api() as api:
        case = _find(api, which)
        _tell(case, json)
        if not yes:
            typer.confirm(f"{question} this?", abort=True, err=True)
        review = case["review"]
        body = {"fingerprint": review["fingerprint"]} | ({"label": label} if label else {})
        path, key = f"/reviews/{review['id']}/{question}", {"Idempotency-Key": str(uuid.uuid4())}
        reply = _read(api.post(path, json=body, headers=key))
    emit_json(reply, json)
    summary(
        f"{case['decision']['number']}: {reply['state']}, {reply['given']} of {reply['needed']} approvals",
        target=json,
    )


@contextmanager
def _api() -> Iterator[httpx.Client]:
    """Open a client of the running service, with the person's token.

    Raises:
        NotConfigured: there is no token, or no service where the settings say it is.
    """
    settings = load_settings()
    token = os.environ.get(TOKEN, "")
    if not token:
        raise NotConfigured(
            "no token: an answer needs a person",
            hint=f"Put a token for our API into {TOKEN}, or use the page at {settings.web.public_url}.",
            subject=TOKEN,
        )
    client = httpx.Client(
        base_url=f"{settings.web.public_url.rstrip('/')}/api/v1",
        headers={"Authorization": f"Bearer {token}"},
        verify=tls(settings.ca_file),
        timeout=_TIMEOUT_SECONDS,
    )
    try:
        with client:
            yield client
    except httpx.TransportError as error:
        raise NotConfigured(
            f"the service does not answer: {type(error).__name__}",
            hint="Start it with `triage serve`, or set TRIAGE_WEB__PUBLIC_URL.",
            subject=settings.web.public_url,
        ) from None


def _waiting(api: httpx.Client) -> Iterator[Case]:
    cursor = ""
    while True:
        page = _read(api.get("/reviews", params={"limit": 200, "cursor": cursor}))
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


def _read(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON of an answer.

    Raises:
        TriageError: the service refused; its own words and next step are passed on.
    """
    found: dict[str, Any] = response.json() if "json" in response.headers.get("content-type", "") else {}
    if response.is_success:
        return found
    detail = found.get("detail") or f"the service answered {response.status_code}"
    raise TriageError(detail, hint=found.get("hint", ""), subject=found.get("subject", ""))


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
