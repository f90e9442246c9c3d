"""Takes the endings of Polish off a name: `Kowalskiego` and `Kowalskiemu` are `Kowalski`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

_SHORTEST_BASE: Final = 2
_ENDINGS: Final = (
    *(
        ("iego", "i"),
        ("iemu", "i"),
        ("im", "i"),
        ("iej", "ia"),
        ("iej", "a"),
        ("ej", "a"),
        ("owi", ""),
        ("em", ""),
    ),
    *(
        ("a", ""),
        ("u", ""),
        ("i", "a"),
        ("y", "a"),
        ("e", "a"),
        ("ie", "a"),
        ("ii", "ia"),
        ("a", "o"),
        ("ka", "ek"),
    ),
)
"""Endings of names in the cases of Polish (folded), and what stands there in the nominative."""


def bases(key: str) -> Iterator[str]:
    """Yield what a Polish name may be called in the nominative: itself, and with its ending taken off."""
    yield key
    for ending, base in _ENDINGS:
        if key.endswith(ending) and len(key) - len(ending) >= _SHORTEST_BASE:
            yield key.removesuffix(ending) + base
