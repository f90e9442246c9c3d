"""From rows of exports to a dataset: labels given, empty and repeated rows out, templates grouped."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from models.labels import OTHER
from models.text import prepare
from training.dataset import Dataset, seconds
from training.export import BadRow, Row
from training.mapping import Labeller
from training.tickets import ticket_text

_VARYING = re.compile(r"\bx[a-z]+\b|\w*\d\w*|[^\w\s]+")
MIN_LABEL_ROWS = 8
"""A label with fewer rows cannot be learnt or measured; its rows become `other`."""


@dataclass
class Tally:
    """What became of the rows.

    Attributes:
        read: Rows that could be read.
        bad: Rows that could not, with line and reason.
        unlabelled: Rows whose label was empty or dropped by the mapping.
        empty: Rows that said nothing once quoted history and signatures were gone.
        repeated: Rows equal to an earlier one in text and label.
        contradicting: Rows equal to an earlier one in text, with another label; kept.
        rare: Labels with too few rows, and how many; they became `other`.
    """

    read: int = 0
    bad: list[BadRow] = field(default_factory=list)
    unlabelled: int = 0
    empty: int = 0
    repeated: int = 0
    contradicting: int = 0
    rare: dict[str, int] = field(default_factory=dict)

    def sentence(self) -> str:
        """Return the tally in words."""
        parts = {
            "unreadable": len(self.bad),
            "without a label": self.unlabelled,
            "empty": self.empty,
            "repeated": self.repeated,
            "contradicting an equal text": self.contradicting,
        }
        told = [f"{number} {what}" for what, number in parts.items() if number]
        return f"{self.read} rows read" + (f"; {', '.join(told)}" if told else "") + "."


def build_dataset(
    rows: Iterable[Row | BadRow], labeller: Labeller, *, keep_rare: bool
) -> tuple[Dataset, Tally]:
    """Return the usable rows, in file order, and what became of the others.

    Args:
        rows: Result of `training.export.read_export`.
        labeller: Gives each row its label.
        keep_rare: Keep labels of a few rows, as an evaluation needs.
    """
    tally, kept = Tally(), []
    given: dict[str, set[str]] = {}
    for row in rows:
        if isinstance(row, BadRow):
            tally.bad.append(row)
            continue
        tally.read += 1
        label, text = labeller(row.fields), prepare(ticket_text(row.fields))
        if label is None:
            tally.unlabelled += 1
        elif not text.strip():
            tally.empty += 1
        elif label in given.setdefault(text, set()) and not keep_rare:
            tally.repeated += 1
        else:
            tally.contradicting += bool(given[text] - {label})
            given[text].add(label)
            kept.append((text, label, row))
    return _columns(kept if keep_rare else _without_rare(kept, tally)), tally


def _without_rare(kept: list[tuple[str, str, Row]], tally: Tally) -> list[tuple[str, str, Row]]:
    counts = Counter(label for _, label, _ in kept)
    tally.rare = {label: n for label, n in counts.items() if n < MIN_LABEL_ROWS and label != OTHER}
    return [(text, OTHER if label in tally.rare else label, row) for text, label, row in kept]


def _columns(kept: list[tuple[str, str, Row]]) -> Dataset:
    def column(values: Iterable[str]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
        return np.array(list(values), dtype=object)

    return Dataset(
        texts=column(text for text, _, _ in kept),
        labels=column(label for _, label, _ in kept),
        groups=column(row.fields.get("u_frame") or template(text) for text, _, row in kept),
        numbers=column(row.fields.get("number") or f"line {row.line}" for _, _, row in kept),
        opened=np.array([seconds(row.fields.get("opened_at", "")) for _, _, row in kept], dtype=np.float64),
        languages=column(row.fields.get("u_lang", "") for _, _, row in kept),
        own=np.ones(len(kept), dtype=bool),
    )


def template(text: str) -> str:
    """Return the text without what varies between tickets of one template: numbers, codes, kinds, signs."""
    return " ".join(_VARYING.sub(" ", text.lower()).split())[:400]
