"""The page of the HTTP interface: each operation with its meaning and answers, as OpenAPI describes it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.web.app import routes

OPENING = """# HTTP

Everything under `/api/v1` takes a bearer token with an app role and answers JSON; a refusal is a problem
(RFC 9457) whose `hint` says what to do next. The full schema is at `/api/v1/openapi.json`.
"""


def description() -> dict[str, Any]:
    """Return the OpenAPI description; it is read from the routes, and no service is needed for that."""
    return routes().openapi()


def parameter(one: dict[str, Any]) -> str:
    """Return a parameter of a path, query or header as a line."""
    needed = "" if one.get("required") else ", optional"
    return f"- `{one['name']}` ({one['in']}{needed}): {one.get('description', '')}".rstrip(": ")


def section(method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    """Yield the parts of an operation's section."""
    yield f"## {method.upper()} {path}"
    yield " ".join(operation.get("description", operation.get("summary", "")).split("Raises:")[0].split())
    parameters = [parameter(one) for one in operation.get("parameters", ())]
    if parameters:
        yield "\n".join(parameters)
    answers = operation["responses"].items()
    yield "\n".join(f"- **{code}** {one['description']}" for code, one in answers if code != "422")


def page() -> str:
    """Return the page of operations, in the order of the routes."""
    parts = [OPENING.rstrip()]
    for path, operations in description()["paths"].items():
        for method, operation in operations.items():
            parts += section(method, path, operation)
    return "\n\n".join(parts) + "\n"
