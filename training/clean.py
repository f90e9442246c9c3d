"""From rows of exports to a dataset: labels given, empty and repeated rows out, templates grouped."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple

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


class _Line(NamedTuple):
    """What is kept of a row, in the order of `Dataset`: the rest of a million rows would fill the memory."""

    text: str
    label: str
    group: str
    number: str
    opened: float
    language: str


def build_dataset(
    rows: Iterable[Row | BadRow], labeller: Labeller, *, keep_rare: bool
) -> tuple[Dataset, Tally]:
    """Return the usable rows, in file order, and what became of the others.

    Args:
        rows: Result of `training.export.read_export`.
        labeller: Gives each row its label.
        keep_rare: Keep labels of a few rows, as an evaluation needs.
    """
    tally = Tally()
    kept: list[_Line] = []
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
            kept.append(_line(text, label, row))
    return _columns(kept if keep_rare else _without_rare(kept, tally)), tally


def _line(text: str, label: str, row: Row) -> _Line:
    fields = row.fields
    group = fields.get("u_frame") or template(text)
    number = fields.get("number") or f"line {row.line}"
    return _Line(text, label, group, number, seconds(fields.get("opened_at", "")), fields.get("u_lang", ""))


def _without_rare(kept: list[_Line], tally: Tally) -> list[_Line]:
    counts = Counter(line.label for line in kept)
    tally.rare = {label: n for label, n in counts.items() if n < MIN_LABEL_ROWS and label != OTHER}
    return [line._replace(label=OTHER) if line.label in tally.rare else line for line in kept]


def _columns(kept: list[_Line]) -> Dataset:
    empty: list[tuple[object, ...]] = [()] * len(_Line._fields)
    columns = list(zip(*kept, strict=True)) or empty
    texts, labels, groups, numbers, opened, languages = columns
    return Dataset(
        texts=np.array(texts, dtype=object),
        labels=np.array(labels, dtype=object),
        groups=np.array(groups, dtype=object),
        numbers=np.array(numbers, dtype=object),
        opened=np.array(opened, dtype=np.float64),
        languages=np.array(languages, dtype=object),
        own=np.ones(len(kept), dtype=bool),
    )


def template(text: str) -> str:
    """Return the text without what varies between tickets of one template: numbers, codes, kinds, signs."""
    return " ".join(_VARYING.sub(" ", text.lower()).split())[:400]
