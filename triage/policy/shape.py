"""Fits a context to the schema of older rules: what they could not speak about yet is left out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

Shape = Mapping[str, Mapping[str, str]]
"""The fields of each record type in a schema, with the name of their type."""

_TYPE: Final = re.compile(r"\btype\s+(\w+)\s*=\s*\{(.*?)\}", re.DOTALL)
_FIELD: Final = re.compile(r"(\w+)\s*:\s*(\w+)")
_COMMENT: Final = re.compile(r"//[^\n]*")
_WHOLE: Final = "Situation"


def shape_of(schema: str) -> Shape:
    """Read the record types of a Cedar schema."""
    bare = _COMMENT.sub("", schema)
    return {name: dict(_FIELD.findall(body)) for name, body in _TYPE.findall(bare)}


def fitted(context: Mapping[str, Any], shape: Shape, kind: str = _WHOLE) -> dict[str, Any]:
    """Return `context` without the fields that the record type `kind` does not have, at any depth."""
    fields = shape.get(kind, {})
    return {
        name: fitted(value, shape, fields[name]) if isinstance(value, Mapping) else value
        for name, value in context.items()
        if name in fields
    }
