"""Which operation of our product is proved by which client: marks on tests, read without running them."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from actions.clients.automation import AutomationClient
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.hybrid import Hybrid
from actions.clients.keyvault import KeyVaultClient
from actions.clients.servicenow.table import Tables

T = TypeVar("T")

FOLDER = Path(__file__).parent
EXCUSED = {"tokens.managed_identity": "MSAL itself is our client there; it asks an address inside Azure"}
"""Operations no client proves, each with the reason."""


@dataclass(frozen=True)
class Proof:
    """An operation, the client that did it (its name on PyPI), and the test in which it did."""

    operation: str
    client: str
    test: str


def proves(*_operations: str, by: str = "") -> Callable[[T], T]:
    """Mark a test as the proof of these operations; `proofs` reads the names from the source.

    `by` names the client where the tests of a file use more than one.
    """

    def marked(test: T) -> T:
        return test

    return marked


def operations() -> frozenset[str]:
    """Return every operation our product uses: Graph's table, and what the other clients can do."""
    clients = {
        "automation": AutomationClient,
        "hybrid": Hybrid,
        "vault": KeyVaultClient,
        "tables": Tables,
    }
    others = {
        f"{name}.{method}"
        for name, client in clients.items()
        for method, function in vars(client).items()
        if inspect.iscoroutinefunction(function) and not method.startswith("_")
    }
    ways = ("secret", "certificate", "federated", "managed_identity", "servicenow")
    return frozenset(PERMISSIONS) | others | {f"tokens.{way}" for way in ways}


def proofs() -> list[Proof]:
    """Return all proofs, in the order of files and tests."""
    return [proof for path in sorted(FOLDER.glob("test_*.py")) for proof in _in(path)]


def _in(path: Path) -> Iterator[Proof]:
    tree = ast.parse(path.read_text("utf-8"))
    client = _constant(tree, "CLIENT")
    for node in tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for mark in node.decorator_list:
            if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "proves":
                named = next((str(ast.literal_eval(one.value)) for one in mark.keywords), client)
                for name in mark.args:
                    yield Proof(ast.literal_eval(name), named, node.name)


def _constant(tree: ast.Module, name: str) -> str:
    values = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == name
    )
    return next((str(ast.literal_eval(value)) for value in values), "")
