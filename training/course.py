"""What a training starts from: the rows of all exports, their labels, the shipped corpus, the plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, islice
from pathlib import Path

import numpy as np

from models.concepts import without_marks
from models.labels import ACTIONABLE
from models.registry import Registry
from training.clean import Tally, build_dataset
from training.corpus import corpus_dataset
from training.dataset import Dataset, Strings
from training.errors import BadTraining
from training.evaluate import Metrics
from training.export import BadRow, Row, read_export
from training.headers import NO_COLUMNS, field_name
from training.mapping import Labeller, by_column, by_rules
from training.plan import Plan, plan_for
from training.selection import choose

LABEL_COLUMNS = ("u_intent", "intent", "label", "u_label")
"""Columns that are taken as the label when none is named."""

_LOOKED_AT = 200  # rows in which the columns of an export are looked for
_LEAST_SHARED = 3  # labels an export must share with the shipped intents
WARM_BELOW = 20_000
"""Own rows below which the shipped corpus is added unless told otherwise."""

_WORTH_PROCESSES = 10_000  # rows; fewer are prepared before further processes have started


@dataclass(frozen=True)
class Course:
    """Rows to learn from, what became of the others, and the plan."""

    data: Dataset
    tally: Tally
    plan: Plan


def load_course(
    exports: Sequence[Path],
    label: str | None,
    map_file: Path | None,
    *,
    warm_start: bool | None,
    seed: int,
    jobs: int = 1,
    columns: Mapping[str, str] = NO_COLUMNS,
) -> Course:
    """Read exports and label their rows; add the shipped corpus to small exports with its labels.

    Exports are read twice: for the labels, then for the texts of the rows that are needed.

    Raises:
        BadExport: A file cannot be read, or has no label column.
        BadMapping: The mapping file is wrong.
        BadTraining: No row is left, or both a label column and a mapping file are given.
    """
    labeller = _labeller(exports, label, map_file, columns)
    good = (row for row in _rows(exports, columns) if isinstance(row, Row))
    found = [name for name in (labeller(row.fields) for row in good) if name]
    choice = choose(found, plan_for(len(found), len(set(found))), seed)
    data, tally = build_dataset(
        _rows(exports, columns),
        labeller,
        keep_rare=False,
        choice=choice,
        jobs=jobs if int(choice.read.sum()) > _WORTH_PROCESSES else 1,
    )
    if not len(data):
        raise BadTraining(f"No usable row: {tally.sentence()}", hint="Check --label or --map.")
    labels = set(data.labels.tolist())
    if not speaks_of_shipped_intents(labels):
        return Course(replace(data, texts=_unmarked(data.texts)), tally, plan_for(len(data), len(labels)))
    if len(found) < WARM_BELOW if warm_start is None else warm_start:
        corpus = corpus_dataset(labels, set(data.groups.tolist()), seed)
        data = data.joined(corpus)
    return Course(data, tally, plan_for(len(data), len(labels)))


def speaks_of_shipped_intents(labels: set[str]) -> bool:
    """Say whether an export is about what corpus and notions are about; `other` alone says nothing."""
    return len(labels & set(ACTIONABLE)) >= _LEAST_SHARED


def _unmarked(texts: Strings) -> Strings:
    """Take the marks of notions off: for other intents they blur more than they join."""
    return np.array([without_marks(text)[0] for text in texts], dtype=object)


def read_labelled(
    exports: Sequence[Path],
    label: str | None,
    map_file: Path | None,
    *,
    keep_rare: bool,
    columns: Mapping[str, str] = NO_COLUMNS,
) -> tuple[Dataset, Tally]:
    """Read exports and label all their rows, by mapping file, named column or a column of a known name."""
    return build_dataset(
        _rows(exports, columns), _labeller(exports, label, map_file, columns), keep_rare=keep_rare
    )


def _labeller(
    exports: Sequence[Path], label: str | None, map_file: Path | None, columns: Mapping[str, str]
) -> Labeller:
    if map_file and label:
        raise BadTraining(
            f"Both the column {label} and the rules of {map_file} would give the label.",
            hint="Give --label or --map, not both.",
        )
    return by_rules(map_file) if map_file else by_column(_label_column(exports, label, columns))


def _label_column(exports: Sequence[Path], label: str | None, columns: Mapping[str, str]) -> str:
    rows = list(islice(_rows(exports, columns), _LOOKED_AT))
    there = next((list(row.fields) for row in rows if isinstance(row, Row)), None)
    if there is None:
        told = "; ".join(f"line {row.line}: {row.reason}" for row in rows[:3] if isinstance(row, BadRow))
        raise BadTraining(
            f"{exports[0]} has no row that can be read. {told}",
            hint="Export from ServiceNow as CSV or JSON lines, with short_description or description.",
        )
    for name in (field_name(label),) if label else LABEL_COLUMNS:
        if name in there:
            return name
    raise BadTraining(
        f"{exports[0]} has no column {label or ' or '.join(LABEL_COLUMNS)}.",
        hint=f"Name one with --label, or give rules with --map. Columns: {', '.join(there)}",
    )


def _rows(exports: Sequence[Path], columns: Mapping[str, str]) -> Iterator[Row | BadRow]:
    return chain.from_iterable(read_export(path, columns) for path in exports)


def serving_metrics(registry: Registry) -> Metrics | None:
    """Return the metrics the serving version was trained with; None if none serves."""
    version = registry.current_version()
    found = registry.metrics(version) if version else {}
    return Metrics.model_validate(found) if found else None
