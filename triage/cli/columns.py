"""The `--column` option: which of an export's columns stands for which field, where its header is unknown."""

from collections.abc import Mapping
from typing import Annotated

import typer

from training.headers import FIELDS
from triage.errors import BadInput

ColumnChoice = Annotated[
    list[str] | None,
    typer.Option(
        "--column", metavar="FIELD=HEADER", help="A column of another name, as description='Problem text'."
    ),
]
"""The option of every command that reads an export; hand its value to `columns_of`."""


def columns_of(choices: list[str] | None) -> Mapping[str, str]:
    """Return the field that each named header stands for.

    Raises:
        BadInput: A choice has no `=`, or names no field of an export.
    """
    found = {}
    for choice in choices or ():
        field, sign, header = choice.partition("=")
        if not sign or not header.strip() or field.strip() not in FIELDS:
            raise BadInput(
                f"--column {choice!r} does not name a field and a header.",
                hint=f"Write FIELD=HEADER; the fields are {', '.join(sorted(FIELDS))}.",
            )
        found[header.strip().casefold()] = field.strip()
    return found
