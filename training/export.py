"""Reads ServiceNow exports row by row; a row that cannot be read is reported and costs no other row."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from training.errors import BadExport
from training.headers import NO_COLUMNS, field_name
from training.lines import EXPORT_HINT, export_lines

_RECORD_LINES: Final = 2000  # a cell with more line breaks than this has lost its closing quote
_HEADERS_SHOWN: Final = 40
_LISTS: Final = ("records", "result")  # ServiceNow's names for the list in a whole JSON document
_UNPACK: Final = "Write one object a line, as with `jq -c '.[]' FILE`."


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


def read_export(path: Path, columns: Mapping[str, str] = NO_COLUMNS) -> Iterator[Row | BadRow]:
    """Yield the rows of an export in file order, unreadable ones as `BadRow`.

    CSV (separator `,`, `;` or tab; header of field names or labels, below Excel's `sep=;` if there is one)
    or JSON lines, in UTF-8 with or without BOM, UTF-16 or Windows-1252, plain or gzipped. It is streamed.

    Args:
        path: The export.
        columns: Fields by header in lower case, for headers that are not known (`training.headers`).

    Raises:
        BadExport: The file is empty or no text, or its header names neither a short description nor a
            description.
        OSError: The file cannot be read.
    """
    lines = export_lines(path)
    first = next(lines)
    start = first.lstrip()[:1]
    if start == "[":
        raise BadExport(f"{path} is one JSON list.", hint=_UNPACK)
    if start == "{":
        yield from _json_rows(chain([first], lines), columns)
    else:
        yield from _csv_rows(first, lines, path, columns)


def _json_rows(lines: Iterator[str], columns: Mapping[str, str]) -> Iterator[Row | BadRow]:
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _json_row(number, line, columns)


def _json_row(number: int, line: str, columns: Mapping[str, str]) -> Row | BadRow:
    try:
        record = json.loads(line)
    except ValueError as error:
        return BadRow(number, f"no JSON: {error}")
    except RecursionError:
        return BadRow(number, "JSON that is nested too deep")
    if not isinstance(record, dict):
        return BadRow(number, "no JSON object")
    if any(isinstance(record.get(name), list) for name in _LISTS):
        return BadRow(number, f"a whole list in one object. {_UNPACK}")
    return _checked(number, {field_name(key, columns): _cell(value) for key, value in record.items()})


def _cell(value: object) -> str:
    """Return a JSON value as the cell a CSV would have; half a surrogate pair is `?`."""
    if value is None:
        return ""
    cell = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return cell if cell.isascii() else cell.encode("utf-8", "replace").decode("utf-8")


def _csv_rows(
    first: str, lines: Iterator[str], path: Path, columns: Mapping[str, str]
) -> Iterator[Row | BadRow]:
    number = 1
    if first.casefold().startswith("sep="):
        number, first = 2, next(lines, "")
    separator = max(",;\t", key=first.count)
    names = _names(first, separator, path, columns)
    waiting: list[str] = []
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
        yield _checked(number, _fields(names, parsed))
        number += len(record) - 1


def _names(first: str, separator: str, path: Path, columns: Mapping[str, str]) -> list[str]:
    """Return the fields of the columns in order; several columns may stand for one field."""
    try:
        header = next(csv.reader([first], delimiter=separator), [])
    except csv.Error as error:
        raise BadExport(f"{path}: the first line is no header: {error}.", hint=EXPORT_HINT) from error
    names = [field_name(cell, columns) for cell in header]
    if not {"short_description", "description"} & set(names):
        shown = ", ".join(cell[:_HEADERS_SHOWN] for cell in header[:_HEADERS_SHOWN])
        raise BadExport(
            f"{path}: the header has neither short_description nor description, but {shown}.",
            hint="Say which column it is with --column description='HEADER', or export with a header row.",
        )
    return names


def _fields(names: Sequence[str], cells: Sequence[str]) -> dict[str, str]:
    """Return the cells by field; of several columns for one field the first that says something counts."""
    fields = dict(zip(names, cells, strict=True))
    if len(fields) < len(names):
        for name, cell in zip(reversed(names), reversed(cells), strict=True):
            fields[name] = cell if cell.strip() else fields[name]
    return fields


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
