"""Gives a row its label: from a column, or by a file of rules over category, group, codes and words."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.labels import OTHER
from training.errors import BadMapping

Labeller = Callable[[Mapping[str, str]], str | None]
"""Gives the label of a row; None leaves the row out."""

_HINT = "A mapping has `rules:`, each with `label` and category, assignment_group, regex and so on."
_REGEX_HINT = "A bracket or dot that is meant as such needs a backslash; in YAML write it in single quotes."
_MATCHED = ("category", "subcategory", "assignment_group", "close_code", "cat_item")


class Rule(BaseModel):
    """One rule: every condition that is given must hold; values compare without regard to case.

    Attributes:
        label: The label of rows that match; `drop` leaves them out.
        regex: Searched in subject and description.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    label: Annotated[str, Field(min_length=1)]
    category: str | None = None
    subcategory: str | None = None
    assignment_group: str | None = None
    close_code: str | None = None
    cat_item: str | None = None
    regex: str | None = None


class Mapping_(BaseModel):  # noqa: N801 - `Mapping` is taken
    """A mapping file: rules in order, the first that matches wins; the rest is `other` or dropped."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...] = Field(min_length=1)
    rest: Literal["other", "drop"] = "other"


def by_column(column: str) -> Labeller:
    """Return a labeller that reads a column; an empty cell leaves the row out."""

    def label(fields: Mapping[str, str]) -> str | None:
        return normal_label(fields.get(column, "")) or None

    return label


def normal_label(cell: str) -> str:
    """Return a label as it is compared: lower case, blanks and hyphens as underscores."""
    return re.sub(r"[\s-]+", "_", cell.strip().casefold())


def by_rules(path: Path) -> Labeller:
    """Return a labeller that follows a YAML mapping file.

    Raises:
        BadMapping: The file is no YAML, has an unknown key or a broken regular expression.
    """
    rules = _read(path)
    patterns = [_compiled(rule, path) for rule in rules.rules]

    def label(fields: Mapping[str, str]) -> str | None:
        for rule, pattern in zip(rules.rules, patterns, strict=True):
            if _matches(rule, pattern, fields):
                return None if rule.label == "drop" else normal_label(rule.label)
        return OTHER if rules.rest == "other" else None

    return label


def _read(path: Path) -> Mapping_:
    try:
        return Mapping_.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        raise BadMapping(f"{path}: {_complaints(error)}", hint=_HINT) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise BadMapping(f"{path} is no YAML in UTF-8: {error}", hint=_HINT) from error


def _complaints(error: ValidationError) -> str:
    """Say where the file is wrong, the innermost first; that a list is too short follows from its entries."""
    found = sorted(error.errors(), key=lambda one: -len(one["loc"]))
    deepest = [one for one in found if len(one["loc"]) == len(found[0]["loc"])]
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'the file'}: {one['msg']}" for one in deepest)


def _compiled(rule: Rule, path: Path) -> re.Pattern[str] | None:
    try:
        return re.compile(rule.regex, re.IGNORECASE) if rule.regex else None
    except re.error as error:
        raise BadMapping(
            f"{path}: {rule.regex!r} is no regular expression: {error}", hint=_REGEX_HINT
        ) from error


def _matches(rule: Rule, pattern: re.Pattern[str] | None, fields: Mapping[str, str]) -> bool:
    for name in _MATCHED:
        wanted = getattr(rule, name)
        if wanted is not None and fields.get(name, "").strip().casefold() != wanted.strip().casefold():
            return False
    if pattern is None:
        return True
    return bool(pattern.search(f"{fields.get('short_description', '')}\n{fields.get('description', '')}"))
