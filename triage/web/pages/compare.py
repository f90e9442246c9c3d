"""What changed between the plan somebody saw and the plan that waits now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.vocabulary import Change
from triage.store.decisions import StoredDecision


@dataclass(frozen=True)
class Difference:
    """Lines that are no longer planned, lines that are new, and other things that moved, in words."""

    gone: tuple[Change, ...]
    new: tuple[Change, ...]
    moved: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether anything changed at all."""
        return bool(self.gone or self.new or self.moved)


def difference(before: StoredDecision, now: StoredDecision) -> Difference:
    """Compare two decisions on the same ticket."""
    old, new = before.decision, now.decision
    moved = [
        f"{name} was {was} and is {present}"
        for name, was, present in (
            ("the label", old.label, new.label),
            ("the action", old.action or "none", new.action or "none"),
            ("the policy", old.policy, new.policy),
            ("the tier", int(old.tier), int(new.tier)),
        )
        if was != present
    ]
    return Difference(_without(old.changes, new.changes), _without(new.changes, old.changes), tuple(moved))


def shown_before(fingerprint: str, decisions: Sequence[StoredDecision]) -> StoredDecision | None:
    """Return the decision that had this fingerprint, among those on a ticket."""
    return next((one for one in decisions if fingerprint and one.decision.fingerprint == fingerprint), None)


def _without(these: Sequence[Change], those: Sequence[Change]) -> tuple[Change, ...]:
    return tuple(change for change in these if change not in those)
