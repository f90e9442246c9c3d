"""The reference is what the code says: whoever changes the code runs `make docs`."""

from __future__ import annotations

from tests.architecture.checkout import ROOT
from tests.docs.reference import expected


def test_the_reference_is_current() -> None:
    stale = [
        str(path.relative_to(ROOT))
        for path, text in expected().items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run `make docs`"
