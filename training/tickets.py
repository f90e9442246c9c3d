"""Turns a row of an export into what the classifier may look at."""

import json
from collections.abc import Mapping

from models.text import TicketText


def ticket_text(fields: Mapping[str, str]) -> TicketText:
    """Return the texts of a row; `variables` may be a JSON object or `name: value` lines."""
    return TicketText(
        short_description=fields.get("short_description", ""),
        description=fields.get("description", ""),
        category=fields.get("category", ""),
        subcategory=fields.get("subcategory", ""),
        contact_type=fields.get("contact_type", ""),
        cat_item=fields.get("cat_item", ""),
        variables=_variables(fields.get("variables", "")),
    )


def _variables(cell: str) -> tuple[tuple[str, str], ...]:
    if not cell.strip():
        return ()
    try:
        found = json.loads(cell)
    except ValueError:
        pairs = (line.partition(":") for line in cell.splitlines() if ":" in line)
        return tuple((name.strip(), value.strip()) for name, _, value in pairs)
    if not isinstance(found, dict):
        return ()
    return tuple((str(name), "" if value is None else str(value)) for name, value in found.items())
