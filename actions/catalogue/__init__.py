"""The catalogue: every module in this folder is an action, named after its file."""

from __future__ import annotations

import importlib
import pkgutil
from typing import Any

from actions.contract import Action


def load() -> dict[str, Action[Any]]:
    """Return all actions by name, in alphabetical order.

    Raises:
        ValueError: a file's action has another name than the file, so that two could share one.
    """
    found: dict[str, Action[Any]] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda one: one.name):
        action: Action[Any] = importlib.import_module(f"{__name__}.{module.name}").ACTION
        if action.name != module.name:
            raise ValueError(f"the action in {module.name}.py calls itself {action.name}")
        found[action.name] = action
    return found
