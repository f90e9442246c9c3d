"""Reads the JSON bodies of requests: what is not of the documented shape is refused by naming the place."""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from triage.sandbox.records import Json


class Body(BaseModel):
    """Base of a shape: camelCase outside, no guessing of types, fields nobody needs are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True, alias_generator=to_camel)


B = TypeVar("B", bound=Body)


class MalformedError(Exception):
    """A body is no JSON object or not of its shape; the message names the place, never a value."""


def json_object(raw: bytes) -> Json:
    """Return the JSON object of a body; no body is an empty object.

    Raises:
        MalformedError: it is something else.
    """
    try:
        body: Any = json.loads(raw) if raw else {}
    except ValueError:
        raise MalformedError("Unable to read JSON request payload.") from None
    if not isinstance(body, dict):
        raise MalformedError("The JSON request payload must be an object.")
    return body


def parsed(shape: type[B], body: Any) -> B:
    """Return the body as a value of this shape.

    Raises:
        MalformedError: a field is missing or of another type.
    """
    try:
        return shape.model_validate(body)
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"]) or "the body"
        raise MalformedError(f"Invalid value specified for property '{place}'.") from None
