"""Whether a new version may replace the one that serves: by figures, by golden tickets, by recent tickets."""

from collections.abc import Sequence
from math import hypot
from typing import Final

import numpy as np
from pydantic import BaseModel, ConfigDict
from scipy.stats import binom

from models.labels import OTHER
from models.model import Model
from models.text import TicketText, prepare
from training.dataset import Dataset
from training.evaluate import Bools, ContractMetrics, Judged, Metrics, Names, names
from training.judge import judge_model

_SURE: Final = 1.645  # standard errors: a difference that chance brings about once in twenty
_WIDTH: Final = 2 * 1.96  # standard errors in a 95 % interval
_RARE: Final = 0.05  # errors among the newest rows that the contract would bring about less often than that


class Replayed(BaseModel):
    """What would have become of recent tickets, by the version that serves and by the new one.

    Attributes:
        tickets: How many were read again.
        automatic: How many run by themselves now.
        opened: Would run by themselves, and do not now.
        closed: Run by themselves now, and would not.
        relabelled: Run by themselves either way, as something else.
    """

    model_config = ConfigDict(frozen=True)

    tickets: int
    automatic: int
    opened: int
    closed: int
    relabelled: int

    @property
    def share(self) -> float:
        """Share of the tickets whose automatic decision changes, 0..1."""
        return (self.opened + self.closed + self.relabelled) / self.tickets if self.tickets else 0.0

    def sentence(self) -> str:
        """Return the outcome in words."""
        return (
            f"Of {self.tickets} recent tickets {self.automatic} run by themselves now; "
            f"{self.opened} more would, {self.closed} would not any more, "
            f"{self.relabelled} would run as something else."
        )


def worse_figures(new: Metrics, serving: Metrics | None) -> list[str]:
    """Return what speaks against the new version by what was measured in training, in sentences.

    The contract must be kept out of fold, and on the newest rows within chance. Accuracy and coverage must
    not be lower than those of the serving version by more than both bootstrap intervals explain.
    """
    reasons = _broken(new.contract, new.newest)
    if serving is None:
        return reasons
    if new.contract.max_wrong > serving.contract.max_wrong or (
        new.contract.assurance < serving.contract.assurance
    ):
        reasons.append(
            f"It promises less ({_promise(new)}) than the version that serves ({_promise(serving)})."
        )
    lost = set(serving.per_label) - set(new.per_label) - {OTHER}
    if lost:
        reasons.append(f"Labels the serving model knows are gone: {', '.join(sorted(lost))}.")
    if set(new.per_label) == set(serving.per_label):
        reasons += _fallen("accuracy", new, serving, new.accuracy, serving.accuracy)
        reasons += _fallen("coverage", new, serving, new.contract.coverage, serving.contract.coverage)
    return reasons


def golden_misses(new: Model, golden: Dataset, serving: Model | None, *, strict: bool) -> list[str]:
    """Return the golden tickets that the new version gets wrong, one sentence each, without their words.

    A ticket must be given its label; one labelled `other` must not run by itself. Where the set is not
    `strict`, a wrong guess that only a person would see is excused if the serving version makes one as well,
    or if none serves: a first, small model may still learn.
    """
    judged = judge_model(new, golden)
    missed = _missed(judged)
    if not strict:
        known = np.ones(len(golden), bool) if serving is None else _missed(judge_model(serving, golden))
        missed &= judged.accepted | ~known
    return [
        f"Golden ticket {golden.numbers[at]} is {judged.truth[at]} and would be taken for {judged.guess[at]}"
        f"{', and run by itself' if judged.accepted[at] else ''}."
        for at in np.flatnonzero(missed).tolist()
    ]


def _missed(judged: Judged) -> Bools:
    outside = judged.truth == OTHER
    return np.where(outside, judged.accepted, judged.wrong)


def replayed(new: Model, serving: Model, tickets: Sequence[TicketText]) -> Replayed:
    """Read recent tickets with both versions and count whose automatic decision changes."""
    texts = [prepare(ticket) for ticket in tickets]
    before, after = _automatic(serving, texts), _automatic(new, texts)
    ran, would = before != "", after != ""
    return Replayed(
        tickets=len(texts),
        automatic=int(ran.sum()),
        opened=int((would & ~ran).sum()),
        closed=int((ran & ~would).sum()),
        relabelled=int((ran & would & (before != after)).sum()),
    )


def _automatic(model: Model, texts: Sequence[str]) -> Names:
    """Return the label under which each text would run by itself; empty where it would not."""
    scores = model.score(texts)
    guess = names(model.labels)[scores.logs.argmax(axis=1)]
    limits = np.array([_limit(model.thresholds.get(label)) for label in guess])
    said = np.array([bool(text.strip()) for text in texts], dtype=bool)
    return np.where((scores.trust >= limits) & (guess != OTHER) & said, guess, "")


def _limit(threshold: float | None) -> float:
    return np.inf if threshold is None else threshold


def _broken(contract: ContractMetrics, newest: ContractMetrics | None) -> list[str]:
    reasons = []
    if contract.wrong_rate > contract.max_wrong:
        reasons.append(
            f"{contract.wrong_rate:.1%} of the accepted rows are wrong; "
            f"the contract allows {contract.max_wrong:.1%}."
        )
    if newest and newest.wrong and binom.sf(newest.wrong - 1, newest.accepted, newest.max_wrong) < _RARE:
        reasons.append(
            f"On the newest rows {newest.wrong} of {newest.accepted} accepted are wrong, "
            "more than chance explains."
        )
    return reasons


def _fallen(figure: str, new: Metrics, serving: Metrics, now: float, before: float) -> list[str]:
    if figure not in new.intervals or figure not in serving.intervals:
        return []
    spread = hypot(_error(new.intervals[figure]), _error(serving.intervals[figure]))
    if before - now <= _SURE * spread:
        return []
    return [f"The {figure} falls from {before:.1%} to {now:.1%}, more than chance explains."]


def _error(interval: tuple[float, float]) -> float:
    """Return the standard error that a 95 % interval stands for."""
    return (interval[1] - interval[0]) / _WIDTH


def _promise(metrics: Metrics) -> str:
    contract = metrics.contract
    return f"{contract.max_wrong:.1%} wrong, {contract.assurance:.0%} sure"
