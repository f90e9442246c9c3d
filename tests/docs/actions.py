"""The page of actions: what each does to people, needs, and how it is verified and undone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from actions.catalogue import load
from actions.contract import Action

OPENING = """# Actions

What the service can do outside, one file each in `actions/catalogue/`. The tier is the least an action is
treated as; policy can only raise it.
"""


def section(action: Action[Any]) -> Iterator[str]:
    """Yield the parts of an action's section."""
    permissions = ", ".join(f"`{name}`" for name in sorted(action.permissions)) or "none"
    read_back = "by its own look" if action.verify else "its plan is empty again"
    facts = {
        "Tier": f"{action.tier.value} ({action.tier.name.lower()})",
        "Where": action.route.value + (f", runbook `{action.runbook}`" if action.runbook else ""),
        "Graph permissions": permissions,
        "Verified when": f"{read_back}, within {action.settle.total_seconds():.0f} s",
        "Undo": "restores what was before" if action.undo else action.undo_reason,
    }
    yield f"## {action.name}"
    yield f"{action.title}. {action.impact}"
    yield "\n".join(f"- {name}: {fact}" for name, fact in facts.items())
    fields = action.params.model_fields.items()
    rows = [f"| `{name}` | {field.description} |" for name, field in fields]
    yield "\n".join(["| parameter | meaning |", "|---|---|", *rows])


def page() -> str:
    """Return the page of actions, by name."""
    parts = [OPENING.rstrip()]
    for _, action in sorted(load().items()):
        parts += section(action)
    return "\n\n".join(parts) + "\n"
