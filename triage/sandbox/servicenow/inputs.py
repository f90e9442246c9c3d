"""Request bodies as the instance takes them: JSON values to database strings, names to sys_ids."""

from collections.abc import Mapping
from datetime import UTC, datetime

from triage.sandbox.records import Json
from triage.sandbox.servicenow.choices import CHOICES
from triage.sandbox.servicenow.instance import TIME_FORMAT, Instance, Row, first_where
from triage.sandbox.servicenow.schema import TABLES, display_column


def body_values(instance: Instance, table: str, body: Json, *, display: bool) -> Row:
    """Return the body as database values; unknown columns and nested values are left out without a word.

    A reference may be given by its sys_id or by the name it shows. With `display`, the parameter
    `sysparm_input_display_value`, labels of choices and times in the user's zone are understood, too.
    """
    flat = {name: text for name, value in body.items() if (text := _text(value)) is not None}
    known = {name: text for name, text in flat.items() if name in TABLES[table]}
    return {
        name: _database_value(instance, (table, name), text, display=display) for name, text in known.items()
    }


def _text(value: object) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, str | int | float) else None


def _database_value(instance: Instance, at: tuple[str, str], text: str, *, display: bool) -> str:
    column = TABLES[at[0]][at[1]]
    if column.kind == "reference":
        return _reference(instance, column.target, text)
    if display and column.kind == "datetime":
        return _utc(instance, text)
    return _value_of(CHOICES.get(at, {}), text) if display else text


def _reference(instance: Instance, target: str, text: str) -> str:
    rows: Mapping[str, Row] = instance.tables.get(target, {})
    if not text or text in rows or target not in TABLES:
        return text
    named = first_where(instance, target, display_column(target), text)
    return named["sys_id"] if named else text


def _value_of(labels: Mapping[str, str], text: str) -> str:
    return next((value for value, label in labels.items() if label == text), text)


def _utc(instance: Instance, text: str) -> str:
    try:
        local = datetime.strptime(text, TIME_FORMAT).replace(tzinfo=instance.time_zone)
    except ValueError:
        return text
    return local.astimezone(UTC).strftime(TIME_FORMAT)
