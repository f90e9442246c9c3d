"""What is done of a decision with several steps: the rest goes on as the ticket was understood then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.prediction import Prediction
from triage.domain.decision import Decision, PlannedStep
from triage.domain.request import Request
from triage.domain.run import Run, RunState
from triage.store.decisions import StoredDecision


@dataclass(frozen=True)
class Progress:
    """The decision under way and the steps that were verified, in the order they were done.

    The words are not read again: what the first steps did (an account that is there now, one that is blocked)
    would make them mean something else.
    """

    decision: Decision
    done: tuple[PlannedStep, ...]

    @property
    def sentence(self) -> str:
        """How far it has come, as a reason to ask people about the rest."""
        return f"{len(self.done)} steps are done already; the rest is to be agreed to"

    @property
    def prediction(self) -> Prediction:
        """What the model said then; a person has agreed to it, or the contract was met."""
        told = self.decision
        return Prediction(
            label=told.label,
            confidence=told.confidence,
            accepted=told.accepted,
            novelty=told.novelty,
            alternatives=told.alternatives,
            words=told.words,
            model=told.model,
        )

    @property
    def request(self) -> Request:
        """What was asked for, as it was resolved then."""
        told = self.decision
        facts = told.facts
        return Request(
            label=told.label,
            parameters=told.parameters,
            missing=told.missing,
            ambiguous=told.ambiguous,
            signals=tuple(sorted(facts.signals)) if facts else (),
            requester_id=facts.requester.id if facts and facts.requester else "",
        )

    def includes(self, step: PlannedStep) -> bool:
        """Whether this very step is done."""
        return any(one.action == step.action and one.params == step.params for one in self.done)


def progress_of(made: Sequence[StoredDecision], runs: Sequence[Run]) -> Progress | None:
    """Return how far a ticket has come; `None` while no step of it is verified.

    Args:
        made: the decisions on the ticket.
        runs: its runs, oldest first.
    """
    by_id = {kept.id: kept.decision for kept in made if kept.decision.steps}
    verified = [run for run in runs if run.state is RunState.VERIFIED and run.decision_id in by_id]
    if not verified:
        return None
    done = tuple(by_id[run.decision_id].steps[run.position] for run in verified)
    return Progress(by_id[verified[-1].decision_id], done)


def how_far(runs: Sequence[Run]) -> tuple[int, int]:
    """Return how many steps of a ticket's plan are done, and of how many.

    Each step counts once: what an earlier decision finished, and all that the newest one has under way.

    Args:
        runs: the ticket's runs, oldest first.
    """
    newest = runs[-1].decision_id if runs else None
    done = [run for run in runs if run.state is RunState.VERIFIED]
    left = [run for run in runs if run.decision_id == newest and run.state is not RunState.VERIFIED]
    return len(done), len(done) + len(left)
