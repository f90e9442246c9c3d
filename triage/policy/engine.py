"""Asks Cedar: yes or no to an action in a situation, and the ids of the rules that spoke."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import cedarpy

from triage.policy.texts import Texts

ActionName = Literal["Offer", "AutoExecute", "Approve"]


@dataclass(frozen=True)
class Question:
    """May `principal` (an object id) have `action` done for `label` in this context?"""

    action: ActionName
    label: str
    principal: str
    context: str


@dataclass(frozen=True)
class Answer:
    """`allowed` is true only for an Allow without any error; `rules` are the ids of the rules that spoke."""

    allowed: bool
    rules: tuple[str, ...]
    errors: tuple[str, ...] = ()


class Engine:
    """The parsed rules, schema and families; safe to share, asks nothing of the outside."""

    def __init__(self, texts: Texts) -> None:
        self._policies: Final = cedarpy.PolicySet.from_str(texts.rules)
        self._schema: Final = cedarpy.Schema.from_str(texts.schema)
        self._entities: Final = cedarpy.Entities.from_json_str(json.dumps(_entities(texts)))

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """Answer each question; an error or no decision is a denial (cedar.md)."""
        requests: list[dict[str, Any]] = [
            {
                "principal": {"type": "Triage::Person", "id": question.principal},
                "action": {"type": "Triage::Action", "id": question.action},
                "resource": {"type": "Triage::Label", "id": question.label},
                "context": question.context,
            }
            for question in questions
        ]
        results = cedarpy.is_authorized_batch(requests, self._policies, self._entities, self._schema)
        return [_answer(result) for result in results]


def _answer(result: cedarpy.AuthzResult) -> Answer:
    spoke = result.diagnostics
    errors = tuple(spoke.errors)
    allowed = result.decision is cedarpy.Decision.Allow and not errors
    if result.decision is cedarpy.Decision.NoDecision and not errors:
        errors = ("no decision",)
    return Answer(allowed, tuple(sorted(spoke.id_annotations_by_reason.values())), errors)


def _entities(texts: Texts) -> list[dict[str, Any]]:
    """Each label with the families it is in."""
    labels = sorted({label for members in texts.families.values() for label in members})
    return [
        {
            "uid": {"type": "Triage::Label", "id": label},
            "attrs": {},
            "parents": [
                {"type": "Triage::Family", "id": family}
                for family, members in texts.families.items()
                if label in members
            ],
        }
        for label in labels
    ]
