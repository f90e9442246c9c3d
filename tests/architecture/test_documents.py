"""Documents lead somewhere: links and named paths exist, decisions have one shape."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.architecture.checkout import ROOT, texts

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)\)|!\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
CODE = re.compile(r"```.*?```", re.DOTALL)
PATH = re.compile(r"`((?:triage|actions|models|training|tests|docs)/[\w./-]+|pyproject\.toml|\.gitignore)`")

DOCUMENTS = {path: text for path, text in texts().items() if path.suffix == ".md"}
DECISIONS = {path: text for path, text in DOCUMENTS.items() if re.match(r"\d{4}-", path.name)}
SECTIONS = ["Context", "Decision", "Consequences", "Alternatives", "Held by"]


def anchor(heading: str) -> str:
    """Return the name under which a heading can be linked to."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def leads_somewhere(link: str, origin: Path) -> bool:
    """Tell whether a relative link names a file that exists and, if it names one, a heading in it."""
    target, _, name = unquote(link).partition("#")
    path = (ROOT / origin).parent / target if target else ROOT / origin
    if not path.exists():
        return False
    return not name or name in map(anchor, HEADING.findall(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = [first or second for first, second in LINK.findall(CODE.sub("", DOCUMENTS[document]))]
    inner = [link for link in links if not link.startswith(("https://", "http://", "mailto:"))]
    assert [link for link in inner if not leads_somewhere(link, document)] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=str)
def test_every_path_named_exists(document: Path) -> None:
    assert [path for path in PATH.findall(DOCUMENTS[document]) if not (ROOT / path).exists()] == []


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in sorted(DECISIONS)] == list(range(1, len(DECISIONS) + 1))


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda path: path.name)
def test_a_decision_is_one_page_of_one_shape(decision: Path) -> None:
    text = DECISIONS[decision]
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == SECTIONS
    assert re.search(r"^## Decision\n\n> ", text, re.MULTILINE), "the line people will quote"
    assert 30 <= len(text.splitlines()) <= 60


def test_every_decision_is_listed() -> None:
    index = DOCUMENTS[Path("docs/decisions/README.md")]
    assert [path.name for path in sorted(DECISIONS)] == re.findall(r"\]\((\d{4}-[^)]+)\)", index)
