"""What the pure rooms may import, name by name; import-linter (pyproject.toml) holds the directions."""

from __future__ import annotations

import ast

import pytest

from tests.architecture.checkout import PACKAGES, Source, product

ALLOWED = {
    "triage.domain": {"triage.domain", "triage.errors", "actions.vocabulary", "models.prediction"},
    "triage.policy": {
        *("triage.domain", "triage.policy", "triage.errors", "triage.signing", "actions.vocabulary"),
    },
}


def within(module: str, packages: set[str]) -> bool:
    """Tell whether a module is one of these packages or lies below one."""
    return any(module == package or module.startswith(f"{package}.") for package in packages)


def ours(source: Source) -> set[str]:
    """Return the modules of the four packages that a file imports, wherever in the file."""
    names = {node.module or "" for node in ast.walk(source.tree) if isinstance(node, ast.ImportFrom)}
    plain = (node for node in ast.walk(source.tree) if isinstance(node, ast.Import))
    names |= {alias.name for node in plain for alias in node.names}
    return {name for name in names if within(name, set(PACKAGES))}


@pytest.mark.parametrize(("room", "allowed"), ALLOWED.items(), ids=ALLOWED)
def test_a_pure_room_imports_only(room: str, allowed: set[str]) -> None:
    members = [source for source in product() if within(source.module, {room})]
    strangers = {
        str(one.path): sorted(name for name in ours(one) if not within(name, allowed)) for one in members
    }
    assert members
    assert {path: names for path, names in strangers.items() if names} == {}


def test_every_import_is_absolute() -> None:
    relative = [
        f"{source.path}:{node.lineno}"
        for source in product()
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []
