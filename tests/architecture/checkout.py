"""The checkout as the house rules see it: its texts, and its Python files with their syntax trees."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("triage", "actions", "models", "training")
DATA = frozenset({".jsonl", ".csv", ".json", ".png", ".gz"})


@dataclass(frozen=True)
class Source:
    """A Python file: where it is (relative to the root), its text and its tree."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def lines(self) -> int:
        """Number of lines, docstrings and blanks included."""
        return len(self.text.splitlines())

    @property
    def module(self) -> str:
        """Dotted name under which it is imported."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def ignored_names() -> frozenset[str]:
    """Return the file and folder names that `.gitignore` keeps out of the repository."""
    lines = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip("/") for line in lines if line and not line.startswith("#")) | {".git"}


def files(folder: Path = ROOT) -> list[Path]:
    """Return every file below a folder that belongs to the repository, without asking git for it."""
    ignored = ignored_names()
    found: list[Path] = []
    for entry in sorted(folder.iterdir()):
        if entry.name in ignored or entry.suffix == ".egg-info":
            continue
        found += files(entry) if entry.is_dir() else [entry]
    return found


@cache
def texts() -> dict[Path, str]:
    """Return the texts a person wrote, by path: everything but data, locks and the licence."""
    aside = DATA | {".txt"}
    chosen = (path for path in files() if path.suffix not in aside and path.name != "LICENSE")
    return {path.relative_to(ROOT): path.read_text(encoding="utf-8") for path in chosen}


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Return the Python files of these top-level folders; migrations are history and stay aside."""
    return tuple(
        Source(path, text, ast.parse(text))
        for path, text in texts().items()
        if path.suffix == ".py" and path.parts[0] in folders and "migrations" not in path.parts
    )


def product() -> tuple[Source, ...]:
    """Return the Python files of the four packages."""
    return sources(*PACKAGES)
