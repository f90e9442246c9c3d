"""Each twin and its PowerShell agree: name, parameters with patterns, and the keys of the result line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import tree_sitter_powershell
from tree_sitter import Language, Node, Parser

from triage.sandbox.own import FOLDER as OWN
from triage.sandbox.runbooks.contract import RESULT_KEYS, RESULT_MARK, Twin
from triage.sandbox.runbooks.shelf import TWINS

FILES = {path.stem: path for path in (*Path("actions/runbooks").glob("*.ps1"), *OWN.glob("*.ps1"))}
PARSER = Parser(Language(tree_sitter_powershell.language()))


def tree_of(twin: Twin) -> Node:
    root = PARSER.parse(FILES[twin.name].read_bytes()).root_node
    assert not root.has_error, "the runbook is not valid PowerShell"
    return root


def below(node: Node, kind: str) -> Iterator[Node]:
    for child in node.children:
        if child.type == kind:
            yield child
        else:
            yield from below(child, kind)


def text_of(node: Node) -> str:
    return (node.text or b"").decode()


def keys_of(table: Node) -> tuple[str, ...]:
    return tuple(
        text_of(key) for entry in below(table, "hash_entry") for key in below(entry, "key_expression")
    )


def test_every_runbook_has_a_twin() -> None:
    assert set(FILES) == set(TWINS)


@pytest.mark.parametrize("twin", TWINS.values(), ids=lambda twin: twin.name)
def test_parameters_and_patterns_are_those_of_the_param_block(twin: Twin) -> None:
    block = next(below(tree_of(twin), "param_block"))
    found: dict[str, str] = {}
    for parameter in below(block, "script_parameter"):
        text = text_of(parameter)
        name = re.search(r"\[string\]\s*\$(\w+)", text)
        pattern = re.search(r"\[ValidatePattern\('\^(.*)\$'\)\]", text)
        assert name, text
        assert pattern, text
        assert "[Parameter(Mandatory)]" in text
        found[name[1]] = pattern[1]
    assert found == dict(twin.parameters)


@pytest.mark.parametrize("twin", TWINS.values(), ids=lambda twin: twin.name)
def test_the_result_line_has_the_same_keys(twin: Twin) -> None:
    root = tree_of(twin)
    tables = [keys_of(table) for table in below(root, "hash_literal_expression")]
    assert RESULT_KEYS in tables
    assert f"'{RESULT_MARK}'" in text_of(root)


@pytest.mark.parametrize("twin", TWINS.values(), ids=lambda twin: twin.name)
def test_before_and_after_have_the_same_keys(twin: Twin) -> None:
    text = text_of(tree_of(twin))
    found = {name: _assigned(text, name) for name in ("before", "after")}
    assert found == {"before": twin.before, "after": twin.after}


def _assigned(text: str, name: str) -> tuple[str, ...]:
    """The keys of the last hash table assigned to `$name` or handed over as `-Name`."""
    given = re.findall(rf"(?:\${name} = |-{name.title()} )@\{{([^}}]*)\}}", text)
    tables = [tuple(re.findall(r"(\w+) *=", body)) for body in given if body.strip()]
    return tables[-1]
