"""`triage actions`: what the service can do, and what one action would change now."""

from __future__ import annotations

import asyncio
import json as jsonlib
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from actions.catalogue import load
from actions.contract import Action
from actions.vocabulary import Frozen, Params, Plan
from triage.app import build
from triage.cli.console import JsonTarget, add_row, emit_json, report, safe, summary, table
from triage.errors import BadInput
from triage.settings import load_settings


class Told(Frozen):
    """An action as data: what a reviewer may ask about it."""

    name: str
    version: int
    title: str
    impact: str
    tier: int
    route: str
    permissions: tuple[str, ...]
    runbook: str | None
    parameters: dict[str, str]
    undo: str


class Foreseen(Frozen):
    """What stands in the way of an action now, and what it would change."""

    action: str
    blockers: dict[str, str]
    plan: Plan


def register(app: typer.Typer) -> None:
    """Add the `actions` group."""
    group = typer.Typer(no_args_is_help=True, help="List and show the actions, and plan one.")
    group.command("list")(list_actions)
    group.command("show")(show)
    group.command("plan")(plan)
    app.add_typer(group, name="actions")


def list_actions(*, json: JsonTarget = None) -> None:
    """List the actions with tier, route and whether they can be undone."""
    found = [_told(action) for action in load().values()]
    emit_json(found, json)
    drawn = table("Actions", "Action", "#Tier", "Where", "Undo", "What it is")
    for one in found:
        add_row(drawn, one.name, one.tier, one.route, "yes" if one.undo == "yes" else "no", one.title)
    report(json).print(drawn)
    summary(f"{len(found)} actions", target=json)


def show(
    name: Annotated[str, typer.Argument(help="Name of the action.")], *, json: JsonTarget = None
) -> None:
    """Show everything about one action."""
    found = _told(_action(name))
    emit_json(found, json)
    drawn = table(found.title, "What", "Value")
    for field, value in found.model_dump().items():
        shown = ", ".join(value) if isinstance(value, tuple) else value
        for key, text in shown.items() if isinstance(shown, dict) else [("", shown)]:
            add_row(drawn, f"{field} {key}".strip(), text)
    report(json).print(drawn)


def plan(
    name: Annotated[str, typer.Argument(help="Name of the action.")],
    params: Annotated[str, typer.Argument(help='Parameters as JSON, for instance {"user_id": "…"}.')],
    *,
    json: JsonTarget = None,
) -> None:
    """Read what one action would change now, through a connection that cannot write."""
    action = _action(name)
    try:
        given = action.params.model_validate(jsonlib.loads(params))
    except ValidationError as error:
        wrong = "; ".join(_wrong(one["loc"], one["type"]) for one in error.errors(include_url=False))
        raise BadInput(f"not parameters of {name}: {wrong}", hint=f"triage actions show {name}") from None
    except ValueError as error:
        hint = """Write them as JSON, for instance '{"user_id": "…"}'."""
        raise BadInput(f"the parameters are no JSON: {error}", hint=hint) from None
    found = asyncio.run(_foresee(action, given))
    emit_json(found, json)
    for sentence in found.blockers.values():
        report(json).print(safe(f"blocked: {sentence}"), soft_wrap=True)
    drawn = table(action.title, "Target", "Field", "Before", "After")
    for change in found.plan.changes:
        add_row(drawn, change.target, change.field, change.before, change.after)
    report(json).print(drawn)
    summary(f"{len(found.plan.changes)} changes, {len(found.blockers)} blockers", target=json)


async def _foresee(action: Action[Any], params: Params) -> Foreseen:
    async with build(load_settings()) as services:
        world = services.tools.reading
        blockers = {one.code: one.sentence for one in await action.check(world, params)}
        foreseen = Plan() if blockers else await action.plan(world, params)
    return Foreseen(action=action.name, blockers=blockers, plan=foreseen)


def _action(name: str) -> Action[Any]:
    known = load()
    if name not in known:
        raise BadInput(f"there is no action {name!r}", hint=f"Actions: {', '.join(known)}.")
    return known[name]


def _wrong(where: tuple[int | str, ...], kind: str) -> str:
    """Name the parameter and what is wrong with it, as people say it; `kind` is pydantic's word for it."""
    name = ".".join(str(part) for part in where) or "the whole"
    known = {"missing": "is missing", "extra_forbidden": "is no parameter of it"}
    return f"{name} {known.get(kind, 'has not the form it needs')}"


def _told(action: Action[Any]) -> Told:
    return Told(
        name=action.name,
        version=action.version,
        title=action.title,
        impact=action.impact,
        tier=int(action.tier),
        route=action.route.value,
        permissions=tuple(sorted(action.permissions)),
        runbook=action.runbook,
        parameters={name: field.description or "" for name, field in action.params.model_fields.items()},
        undo="yes" if action.undo else f"no: {action.undo_reason}",
    )
