"""From rows of exports to a dataset: labels given, empty and repeated rows out, templates grouped."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, NamedTuple

import numpy as np
from joblib import Parallel, delayed

from models.labels import OTHER
from models.text import prepare
from training.dataset import Dataset, seconds
from training.export import BadRow, Row
from training.mapping import Labeller
from training.selection import Choice
from training.tickets import ticket_text

_VARYING = re.compile(r"\bx[a-z]+\b|\w*\d\w*|[^\w\s]+")
_BATCH: Final = 1000  # rows that a process prepares at a time
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
        enough: Rows of large exports that were not looked at, as there were enough of their label.
        rare: Labels with too few rows, and how many; they became `other`.
    """

    read: int = 0
    bad: list[BadRow] = field(default_factory=list)
    unlabelled: int = 0
    empty: int = 0
    repeated: int = 0
    contradicting: int = 0
    enough: int = 0
    rare: dict[str, int] = field(default_factory=dict)

    def sentence(self) -> str:
        """Return the tally in words."""
        parts = {
            "unreadable": len(self.bad),
            "without a label": self.unlabelled,
            "empty": self.empty,
            "repeated": self.repeated,
            "contradicting an equal text": self.contradicting,
            "beyond what is needed of their label": self.enough,
            f"of labels with fewer than {MIN_LABEL_ROWS} rows, taken as {OTHER}": sum(self.rare.values()),
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


class _Raw(NamedTuple):
    """A labelled row before its text is prepared, and whether it is of the fair sample."""

    row: Row
    label: str
    drawn: bool


def build_dataset(
    rows: Iterable[Row | BadRow],
    labeller: Labeller,
    *,
    keep_rare: bool,
    choice: Choice | None = None,
    jobs: int = 1,
) -> tuple[Dataset, Tally]:
    """Return the usable rows, in file order, and what became of the others.

    Args:
        rows: Result of `training.export.read_export`.
        labeller: Gives each row its label.
        keep_rare: Keep labels of a few rows, and rows that repeat others, as an evaluation needs.
        choice: Which labelled rows are prepared; all if left out.
        jobs: Processes that prepare texts; the outcome does not depend on it.
    """
    tally = Tally()
    kept: list[_Line] = []
    times: list[int] = []
    places: dict[str, dict[str, int]] = {}
    for line, drawn in _prepared(_labelled(rows, labeller, choice, tally), jobs):
        known = places.setdefault(line.text, {})
        if not line.text.strip():
            tally.empty += 1
        elif line.label in known and not keep_rare:
            tally.repeated += 1
            times[known[line.label]] += drawn
        else:
            tally.contradicting += bool(known.keys() - {line.label})
            known[line.label] = len(kept)
            kept.append(line)
            times.append(int(drawn))
    return _columns(kept if keep_rare else _without_rare(kept, tally), times), tally


def _labelled(
    rows: Iterable[Row | BadRow], labeller: Labeller, choice: Choice | None, tally: Tally
) -> Iterator[_Raw]:
    """Yield the chosen rows with their labels; count the others."""
    place = -1
    for row in rows:
        if isinstance(row, BadRow):
            tally.bad.append(row)
            continue
        tally.read += 1
        label = labeller(row.fields)
        if label is None:
            tally.unlabelled += 1
            continue
        place += 1
        if choice is None or choice.read[place]:
            yield _Raw(row, label, choice is None or bool(choice.drawn[place]))
        else:
            tally.enough += 1


def _prepared(raw: Iterator[_Raw], jobs: int) -> Iterator[tuple[_Line, bool]]:
    """Prepare texts, in order, a batch a process."""
    batches = iter(lambda: list(islice(raw, _BATCH)), [])
    for done in Parallel(n_jobs=jobs, return_as="generator")(delayed(_lines)(batch) for batch in batches):
        yield from done


def _lines(batch: Sequence[_Raw]) -> list[tuple[_Line, bool]]:
    return [(_line(prepare(ticket_text(one.row.fields)), one.label, one.row), one.drawn) for one in batch]


def _line(text: str, label: str, row: Row) -> _Line:
    fields = row.fields
    group = fields.get("u_frame") or template(text)
    number = fields.get("number") or f"line {row.line}"
    return _Line(text, label, group, number, seconds(fields.get("opened_at", "")), fields.get("u_lang", ""))


def _without_rare(kept: list[_Line], tally: Tally) -> list[_Line]:
    counts = Counter(line.label for line in kept)
    tally.rare = {label: n for label, n in counts.items() if n < MIN_LABEL_ROWS and label != OTHER}
    return [line._replace(label=OTHER) if line.label in tally.rare else line for line in kept]


def _columns(kept: list[_Line], times: list[int]) -> Dataset:
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
        times=np.array(times, np.int64),
    )


def template(text: str) -> str:
    """Return the text without what varies between tickets of one template: numbers, codes, kinds, signs."""
    return " ".join(_VARYING.sub(" ", text.lower()).split())[:400]
