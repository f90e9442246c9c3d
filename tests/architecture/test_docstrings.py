"""Every module says in its first line what it promises; so does every public class and function."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.checkout import Source, product, sources

Named = ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, Named]]:
    """Yield the public classes and functions of a body, and the public methods of the classes."""
    for node in body:
        if isinstance(node, Named) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


def first_line(source: Source) -> str:
    """Return the first line of a module's docstring."""
    return (ast.get_docstring(source.tree) or "").partition("\n")[0]


def test_every_module_opens_with_one_sentence() -> None:
    wrong = [
        str(one.path) for one in product() + sources("tests") if not first_line(one).endswith((".", ":"))
    ]
    assert wrong == []


def test_every_public_class_and_function_is_described() -> None:
    silent = [
        f"{one.path}: {name}"
        for one in product()
        for name, node in public(one.tree.body)
        if not ast.get_docstring(node)
    ]
    assert silent == []


def test_no_two_modules_promise_the_same() -> None:
    lines = [first_line(one) for one in product()]
    assert sorted({line for line in lines if lines.count(line) > 1}) == []
