"""Files and functions stay short: beauty is lost in the tail, so the tail is bound."""

from __future__ import annotations

import ast

from tests.architecture.checkout import Source, product, sources

FILE_P90, FILE_MAX = 200, 300
FUNCTION_P90, FUNCTION_MAX = 25, 50

Function = ast.FunctionDef | ast.AsyncFunctionDef


def functions(source: Source) -> dict[str, int]:
    """Return the length in lines of each function, signature and docstring included, by `file:line name`."""
    return {
        f"{source.path}:{node.lineno} {node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for node in ast.walk(source.tree)
        if isinstance(node, Function)
    }


def p90(lengths: list[int]) -> int:
    """Return the length that nine of ten do not exceed."""
    return sorted(lengths)[int(len(lengths) * 0.9)]


def test_no_file_is_longer_than_300_lines() -> None:
    assert {str(one.path): one.lines for one in sources("tests") + product() if one.lines > FILE_MAX} == {}


def test_nine_of_ten_files_have_at_most_200_lines() -> None:
    assert p90([one.lines for one in product()]) <= FILE_P90


def test_no_function_is_longer_than_50_lines() -> None:
    lengths = {name: lines for one in sources("tests") + product() for name, lines in functions(one).items()}
    assert {name: lines for name, lines in lengths.items() if lines > FUNCTION_MAX} == {}


def test_nine_of_ten_functions_have_at_most_25_lines() -> None:
    assert p90([lines for one in product() for lines in functions(one).values()]) <= FUNCTION_P90
