"""The methods: every module in this folder is one, named after its file."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from triage.errors import Broken
from triage.verify.method import Method


def load() -> dict[str, Method]:
    """Return every method by name.

    Raises:
        Broken: a file holds no method of its own name.
    """
    found: dict[str, Method] = {}
    for module in sorted(one.name for one in iter_modules(__path__)):
        method = getattr(import_module(f"{__name__}.{module}"), "METHOD", None)
        if not isinstance(method, Method) or method.name != module:
            raise Broken(f"triage/verify/methods/{module}.py holds no METHOD of that name")
        found[module] = method
    return found
