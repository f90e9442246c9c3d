"""What a check found: one line with its state, a sentence and the next step."""

from __future__ import annotations

from enum import StrEnum

from actions.vocabulary import Frozen


class State(StrEnum):
    """How a part stands: fine, fine for now, broken, or not looked at because something else comes first."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"
    SKIPPED = "skipped"


class Finding(Frozen):
    """What one check saw.

    Attributes:
        name: the check's, given by `examine`.
        state: how the part stands.
        sentence: what was seen; never a secret.
        hint: the next step, empty when there is none to take.
    """

    name: str = ""
    state: State
    sentence: str
    hint: str = ""


def ok(sentence: str) -> Finding:
    """Say that a part is as it should be."""
    return Finding(state=State.OK, sentence=sentence)


def warn(sentence: str, hint: str) -> Finding:
    """Say that a part works and somebody should look at it."""
    return Finding(state=State.WARN, sentence=sentence, hint=hint)


def fail(sentence: str, hint: str) -> Finding:
    """Say that a part does not work."""
    return Finding(state=State.FAIL, sentence=sentence, hint=hint)


def skipped(sentence: str, hint: str = "") -> Finding:
    """Say that a part was not looked at."""
    return Finding(state=State.SKIPPED, sentence=sentence, hint=hint)
