"""The page of settings: each environment variable with its kind, default and meaning."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from types import NoneType, UnionType
from typing import Any, get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from triage.settings import Settings

OPENING = """# Settings

From the environment, a `.env` file and `triage.toml`, in this order of weight. `TRIAGE_WEB__PORT=8081` in the
environment is `port = 8081` under `[web]` in `triage.toml`. Durations are ISO 8601 (`PT15M`) or `HH:MM:SS`.
"""


KINDS = {
    "AwareDatetime": "time with zone",
    "Path": "path",
    "SecretStr": "secret",
    "bool": "yes or no",
    "float": "number",
    "int": "number",
    "str": "text",
    "timedelta": "duration",
    "tuple[str, ...]": "JSON list",
}


def shown(value: object) -> str:
    """Return a default as one would write it."""
    if value is None or value == "":
        return "-"
    if isinstance(value, tuple):
        return f"`{json.dumps(value)}`"
    return f"`{value!s:0>8}`" if isinstance(value, timedelta) else f"`{value}`"


def kind(field: FieldInfo) -> str:
    """Return the type of a setting in words a reader knows; a setting may be absent without saying so."""
    annotation: Any = field.annotation
    if isinstance(annotation, UnionType):
        annotation = next(one for one in get_args(annotation) if one is not NoneType)
    return KINDS[str(annotation) if get_args(annotation) else annotation.__name__]


def variables(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """Yield every setting below a model with the name of its environment variable."""
    for name, field in model.model_fields.items():
        inner: Any = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from variables(inner, f"{prefix}{name.upper()}__")
        else:
            yield prefix + name.upper(), field


def page() -> str:
    """Return the page of settings."""
    lines = [OPENING, "| variable | kind | default | meaning |", "|---|---|---|---|"]
    for name, field in variables(Settings, "TRIAGE_"):
        lines.append(f"| `{name}` | {kind(field)} | {shown(field.default)} | {field.description} |")
    return "\n".join(lines) + "\n"
