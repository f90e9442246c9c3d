"""Words that have no place here: half-done work, stray prints, addresses of a registry or of one machine."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.checkout import ROOT, product, texts

UNFINISHED = re.compile(r"\b(?:T[O]DO|F[I]XME|X[X]X|NotI[m]plementedError)\b")
REGISTRY = re.compile(r"pypi\.(?:org|python)|pythonhosted\.org|npmjs\.(?:org|com)|--(?:extra-)?index-u[r]l")
MACHINE = re.compile(r"(?<![\w.:/-])/(?:w[o]rk|r[o]ot|h[o]me|U[s]ers)/")


@pytest.mark.parametrize(
    "pattern", [UNFINISHED, REGISTRY, MACHINE], ids=["unfinished", "registry", "machine"]
)
def test_no_text_contains(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path}:{number}: {line.strip()}"
        for path, text in texts().items()
        for number, line in enumerate(text.splitlines(), start=1)
        if pattern.search(line)
    ]
    assert found == []


def test_the_locks_name_no_registry() -> None:
    locks = sorted((ROOT / ".requirements").glob("*.txt"))
    assert [lock.name for lock in locks] == ["dev.txt", "embeddings.txt", "peers.txt", "run.txt"]
    assert [lock.name for lock in locks if "://" in lock.read_text(encoding="utf-8")] == []


def test_only_the_command_line_prints() -> None:
    printing = [
        f"{source.path}:{node.lineno}"
        for source in product()
        if source.path.parts[:2] != ("triage", "cli")
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert printing == []
