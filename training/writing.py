"""Writes synthetic exports as CSV: clean UTF-8, or as dirty as real ones are."""

import csv
import gzip
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from training.synth import COLUMNS

Cells = dict[str, str]
_LABELS = (
    "Number",
    "Sys ID",
    "Caller",
    "Opened by",
    "Opened",
    "Contact type",
    "Short description",
    "Description",
    "Category",
    "Subcategory",
    "Assignment group",
    "Configuration item",
    "State",
    "Close code",
    "Close notes",
    "Item",
    "Variables",
)


def write_export(out: Path, rows: Iterable[Cells], *, dirty: bool, seed: int) -> None:
    """Write rows with the columns of `training.synth`; a name ending in `.gz` is compressed.

    Dirty means: Windows-1252 and `;`, header labels, HTML mails, rows twice, empty texts, wrong labels, rows
    with a cell too many. About one row in thirty is touched.
    """
    text = "".join(_dirty_lines(rows, Random(seed)) if dirty else _lines(rows, COLUMNS, ","))  # noqa: S311 - no secret
    data = text.encode("cp1252", errors="replace") if dirty else text.encode("utf-8")
    out.write_bytes(gzip.compress(data, mtime=0) if out.suffix == ".gz" else data)


def _lines(rows: Iterable[Cells], header: Iterable[str], separator: str) -> Iterator[str]:
    yield _line(header, separator)
    for row in rows:
        yield _line((row[name] for name in COLUMNS), separator)


def _line(cells: Iterable[str], separator: str) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\r\n").writerow(cells)
    return buffer.getvalue()


def _dirty_lines(rows: Iterable[Cells], rng: Random) -> Iterator[str]:
    header = (*_LABELS, *COLUMNS[len(_LABELS) :])
    intents: list[str] = []
    for number, line in enumerate(_lines(_soiled(rows, intents, rng), header, ";")):
        yield line
        if number and rng.random() < 0.01:
            yield line
        if number and rng.random() < 0.005:
            yield line.rstrip("\r\n") + ";one cell too many\r\n"


def _soiled(rows: Iterable[Cells], intents: list[str], rng: Random) -> Iterator[Cells]:
    """Yield rows with wrong labels, empty texts, odd spellings of labels and HTML bodies among them."""
    for row in rows:
        intents.append(row["u_intent"])
        change = rng.random()
        if change < 0.01:
            yield row | {"u_intent": rng.choice(intents)}
        elif change < 0.015:
            yield row | {"short_description": "", "description": " "}
        elif change < 0.03:
            yield row | {"u_intent": row["u_intent"].replace("_", " ").title()}
        elif change < 0.06:
            yield row | {"description": _as_html(row["description"])}
        else:
            yield row


def _as_html(text: str) -> str:
    lines = text.replace("&", "&amp;").replace("<", "&lt;").split("\n")
    return "<html><body>" + "".join(f"<div>{line or '&nbsp;'}</div>" for line in lines) + "</body></html>"
