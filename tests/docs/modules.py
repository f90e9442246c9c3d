"""The map of the house: each room and each module with the first sentence of its docstring."""

from __future__ import annotations

import ast
import re

from tests.architecture.checkout import PACKAGES, Source, product

PROMISE = re.compile(r"(.*?[.!?])(?:\s|$)", re.DOTALL)


def sentence(source: Source) -> str:
    """Return the first sentence of a module's docstring, on one line."""
    text = " ".join((ast.get_docstring(source.tree) or "").split("\n\n")[0].split())
    found = PROMISE.match(text)
    return (found.group(1) if found else text).replace("|", "\\|")


def rooms() -> str:
    """Return the README's map: the four packages and the rooms of `triage`, one line each."""
    lines = ["| | |", "|---|---|"]
    for source in sorted(product(), key=lambda one: PACKAGES.index(one.path.parts[0])):
        folder = source.path.parent
        depth = 2 if folder.parts[0] == "triage" else 1
        if source.path.name == "__init__.py" and len(folder.parts) <= depth:
            lines.append(f"| [`{folder}/`]({folder}) | {sentence(source)} |")
    return "\n".join(lines) + "\n"


def page() -> str:
    """Return the page of all modules, a table for each package folder."""
    parts = ["# Modules", "", "What each file promises, in its own words."]
    for package in PACKAGES:
        members = [one for one in product() if one.path.parts[0] == package]
        for folder in sorted({one.path.parent for one in members}):
            parts += ["", f"## {folder}/", "", "| module | promises |", "|---|---|"]
            here = (one for one in members if one.path.parent == folder)
            parts += [f"| [`{one.path.name}`](../../{one.path}) | {sentence(one)} |" for one in here]
    return "\n".join(parts) + "\n"
