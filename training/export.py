"""Reads ServiceNow exports row by row; a row that cannot be read is reported and costs no other row."""

import csv
import gzip
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final

from training.errors import BadExport
from training.headers import NO_COLUMNS, field_name

_SAMPLE_LINES: Final = 2000
_RECORD_LINES: Final = 2000  # a cell with more line breaks than this has lost its closing quote
_HINT: Final = "Export from the ServiceNow list as CSV with a header row, or as JSON lines."


@dataclass(frozen=True, slots=True)
class Row:
    """A row that was read: its first line in the file (from 1) and its cells by ServiceNow field name."""

    line: int
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that was left out: its first line in the file (from 1) and why."""

    line: int
    reason: str


@dataclass(frozen=True)
class _Dialect:
    encoding: str
    separator: str


def read_export(path: Path, columns: Mapping[str, str] = NO_COLUMNS) -> Iterator[Row | BadRow]:
    """Yield the rows of an export in file order, unreadable ones as `BadRow`.

    CSV (separator `,`, `;` or tab; header of field names or labels) or JSON lines, in UTF-8 with or without
    BOM, UTF-16 or Windows-1252, plain or gzipped. The file is streamed.

    Args:
        path: The export.
        columns: Fields by header in lower case, for headers that are not known (`training.headers`).

    Raises:
        BadExport: The file is empty or its header names neither a short description nor a description.
        OSError: The file cannot be read.
    """
    with _open(path) as data:
        encoding = _encoding(data, path)
    with _open(path) as data:
        lines = _lines(data, encoding)
        first = next(lines, "").lstrip("\ufeff")
        if not first.strip():
            raise BadExport(f"{path} is empty.", hint=_HINT)
        if first.lstrip().startswith("{"):
            yield from _json_rows(chain([first], lines), columns)
        else:
            yield from _csv_rows(first, lines, path, columns)


def _open(path: Path) -> BinaryIO:
    with path.open("rb") as probe:
        zipped = probe.read(2) == b"\x1f\x8b"
    return gzip.open(path, "rb") if zipped else path.open("rb")  # type: ignore[return-value]


def _encoding(data: BinaryIO, path: Path) -> str:
    """Decide by BOM, else UTF-8 if nearly all lines with foreign letters are, else Windows-1252."""
    try:
        sample = list(islice(data, _SAMPLE_LINES))
    except (OSError, EOFError) as error:
        raise BadExport(f"{path} is a broken gzip file: {error}", hint=_HINT) from error
    head = sample[0] if sample else b""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if head[1:2] == b"\0":
        return "utf-16-le"
    foreign = [line for line in sample if not line.isascii()]
    fitting = sum(_is_utf8(line) for line in foreign)
    return "utf-8" if fitting * 10 >= len(foreign) * 9 or head.startswith(b"\xef\xbb\xbf") else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _lines(data: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield decoded lines with their ends; bytes that do not fit stay as lone surrogates, to be reported."""
    if encoding.startswith("utf-16"):
        with TextIOWrapper(data, encoding, errors="replace", newline="") as lines:
            yield from lines
        return
    for raw in data:
        yield raw.decode(encoding, errors="surrogateescape" if encoding == "utf-8" else "replace")


def _json_rows(lines: Iterator[str], columns: Mapping[str, str]) -> Iterator[Row | BadRow]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except ValueError as error:
            yield BadRow(number, f"no JSON: {error}")
            continue
        if isinstance(record, dict):
            yield _checked(number, {field_name(key, columns): _cell(value) for key, value in record.items()})
        else:
            yield BadRow(number, "no JSON object")


def _cell(value: object) -> str:
    """Return a JSON value as the cell a CSV would have."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _csv_rows(
    first: str, lines: Iterator[str], path: Path, columns: Mapping[str, str]
) -> Iterator[Row | BadRow]:
    separator = max(",;\t", key=first.count)
    header = next(csv.reader([first], delimiter=separator))
    names = [field_name(cell, columns) for cell in header]
    if not {"short_description", "description"} & set(names):
        raise BadExport(
            f"{path}: the header has neither short_description nor description, but {', '.join(header)}.",
            hint="Say which column it is with --column description='HEADER', or export with a header row.",
        )
    waiting: list[str] = []
    number = 1
    while True:
        line = waiting.pop(0) if waiting else next(lines, None)
        if line is None:
            return
        number += 1
        if not line.strip():
            continue
        record = _record(line, waiting, lines)
        parsed, reason = _cells(record, separator, len(names))
        if parsed is None:
            waiting[:0] = record[1:]
            yield BadRow(number, reason)
            continue
        yield _checked(number, dict(zip(names, parsed, strict=True)))
        number += len(record) - 1


def _record(line: str, waiting: list[str], lines: Iterator[str]) -> list[str]:
    """Return the lines of one record: as many as it takes until every quote is closed."""
    record, quotes = [line], line.count('"')
    while quotes % 2 and len(record) < _RECORD_LINES:
        following = waiting.pop(0) if waiting else next(lines, None)
        if following is None:
            break
        record.append(following)
        quotes += following.count('"')
    return record


def _cells(record: list[str], separator: str, width: int) -> tuple[list[str] | None, str]:
    """Return the cells of a record, or None and what is wrong with it."""
    text = "".join(record)
    if any("\ud800" <= sign <= "\udfff" for sign in text) if not text.isascii() else False:
        return None, "bytes that are neither UTF-8 nor Windows-1252"
    if text.count('"') % 2:
        return None, "a quote is opened and never closed"
    try:
        rows = list(csv.reader(record, delimiter=separator, strict=True))
    except csv.Error as error:
        return None, str(error)
    if len(rows) != 1 or len(rows[0]) != width:
        return None, f"{len(rows[0])} cells where the header has {width}"
    return rows[0], ""


def _checked(line: int, fields: dict[str, str]) -> Row | BadRow:
    """Return the row, or a complaint if it says nothing."""
    if not (fields.get("short_description", "").strip() or fields.get("description", "").strip()):
        return BadRow(line, "neither short_description nor description")
    return Row(line, fields)
