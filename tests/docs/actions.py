"""The page of actions: what each does to people, needs, plans, and how it is verified and undone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from typing import Any

from actions.catalogue import load
from actions.contract import Action
from actions.vocabulary import Plan
from tests.actions.stage import staged
from triage.playbooks.load import load_playbooks

OPENING = """# Actions

What the service can do outside, one file each in `actions/catalogue/`. The tier is the least an action is
treated as; policy can only raise it. Each plan is what the action's first example would change in the
make-believe company as it is founded.
"""


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a table; a bar in a cell does not end it."""
    lines = (head, tuple("---" for _ in head), *rows)
    cells = ([cell.replace("|", r"\|") for cell in line] for line in lines)
    return "\n".join(f"| {' | '.join(line)} |" for line in cells)


def overview(actions: Iterable[Action[Any]]) -> str:
    """Return all actions at a glance."""
    rows = (
        (
            f"[{one.name}](#{one.name})",
            str(int(one.tier)),
            one.route.value,
            "yes" if one.undo else "no",
            one.title,
        )
        for one in actions
    )
    return table(("action", "tier", "where", "undo", "what it is"), rows)


def section(action: Action[Any], plan: Plan, labels: Iterable[str]) -> Iterator[str]:
    """Yield the parts of an action's section."""
    permissions = ", ".join(f"`{name}`" for name in sorted(action.permissions)) or "none"
    read_back = "by its own look" if action.verify else "its plan is empty again"
    facts = {
        "Tier": f"{action.tier.value} ({action.tier.name.lower()})",
        "Where": action.route.value + (f", runbook `{action.runbook}`" if action.runbook else ""),
        "Started by": ", ".join(labels) or "no shipped playbook",
        "Graph permissions": permissions,
        "Verified when": f"{read_back}, within {action.settle.total_seconds():.0f} s",
        "Undo": "restores what was before" if action.undo else action.undo_reason,
    }
    yield f"## {action.name}"
    yield f"{action.title}. {action.impact}"
    yield "\n".join(f"- {name}: {fact}" for name, fact in facts.items())
    fields = action.params.model_fields.items()
    yield table(("parameter", "meaning"), ((f"`{name}`", field.description or "") for name, field in fields))
    changes = ((one.target, one.field, one.before or "", one.after or "") for one in plan.changes)
    yield table(("plan of", "field", "before", "after"), changes)


async def planned(actions: Iterable[Action[Any]]) -> dict[str, Plan]:
    """Return what the first example of each action would change."""
    world = staged().reading
    return {one.name: await one.plan(world, one.examples[0]) for one in actions}


def page() -> str:
    """Return the page of actions, by name."""
    actions = [action for _, action in sorted(load().items())]
    plans, playbooks = asyncio.run(planned(actions)), load_playbooks()
    parts = [OPENING.rstrip(), overview(actions)]
    for action in actions:
        labels = [label for label, one in playbooks.items() if action.name in {s.action for s in one.steps}]
        parts += section(action, plans[action.name], labels)
    return "\n\n".join(parts) + "\n"
