"""Somebody else at work in the instance: a record changes just before a request about it is served."""

import re
from collections.abc import Mapping

from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.instance import Instance, Row
from triage.sandbox.servicenow.schema import TASKS
from triage.sandbox.servicenow.writing import update

COLLEAGUE = Author("beth.anglin", frozenset({"itil", "itil_admin"}))
_USUAL = {"work_notes": "I am looking at this one."}
_PATH = re.compile(r"/api/now/(?:v\d/)?table/(?P<table>\w+)(?:/(?P<sys_id>[0-9a-f]{32}))?$")


def meddle(instance: Instance, path: str, values: Mapping[str, str]) -> None:
    """Change the task the path names, or of a list the one changed longest ago; nothing of other tables."""
    found = _PATH.search(path)
    if found is None or found["table"] not in TASKS:
        return
    row = _row(instance, found["table"], found["sys_id"])
    if row is not None:
        update(instance, found["table"], row, values or _USUAL, COLLEAGUE)


def _row(instance: Instance, table: str, sys_id: str | None) -> Row | None:
    rows = instance.tables[table]
    if sys_id is not None:
        return rows.get(sys_id)
    return min(rows.values(), key=lambda row: (row["sys_updated_on"], row["sys_id"]), default=None)
