"""Write docs/reference/ and the README's map from the code (`make docs`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.architecture.checkout import ROOT
from tests.docs import actions, commands, http, modules, proven, settings

REFERENCE = ROOT / "docs" / "reference"
README = ROOT / "README.md"
MAP = re.compile(r"(?<=<!-- map -->\n).*?(?=<!-- end of map -->)", re.DOTALL)

PAGES: dict[str, Callable[[], str]] = {
    "actions.md": actions.page,
    "cli.md": commands.page,
    "http.md": http.page,
    "modules.md": modules.page,
    "proven.md": proven.page,
    "settings.md": settings.page,
}


def expected() -> dict[Path, str]:
    """Return the text each generated file should have."""
    text = README.read_text(encoding="utf-8")
    pages = {REFERENCE / name: page() for name, page in PAGES.items()}
    return pages | {README: MAP.sub(lambda _: modules.rooms(), text)}


def main() -> None:
    """Write every generated file."""
    for path, text in expected().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
