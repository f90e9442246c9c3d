"""Words the one question that goes back to the requester, in the language of the ticket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from triage.playbooks.model import Kind, Playbook
from triage.resolve.language import DEFAULT

_NAMED: Final = frozenset({Kind.LICENSE, Kind.MAILBOX, Kind.SHARE, Kind.GROUP, Kind.ENUM, Kind.DATE})
"""Kinds whose candidates may be named; who or what else exists is nobody's business."""
_MOST: Final = 4
_OR: Final = {"en": "or", "de": "oder", "fr": "ou", "nl": "of", "es": "o", "pl": "czy", "pt": "ou", "it": "o"}


def question_for(
    playbook: Playbook,
    missing: Sequence[str],
    ambiguous: Mapping[str, Sequence[str]],
    language: str,
    *,
    inside: bool,
) -> str:
    """Return the question on the first required parameter that is not clear; empty if all are.

    A few candidates are named to requesters of the company (`inside`), never people, and never why anything
    failed.
    """
    for name, rule in playbook.parameters.items():
        if not rule.required or (name not in missing and name not in ambiguous):
            continue
        texts = playbook.questions[name]
        asked = texts.get(language, texts[DEFAULT])
        found = ambiguous.get(name, ())
        if inside and rule.kind in _NAMED and 1 < len(found) <= _MOST:
            return f"{asked} ({f' {_OR.get(language, _OR[DEFAULT])} '.join(found)}?)"
        return asked
    return ""
