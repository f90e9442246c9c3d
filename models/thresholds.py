"""The precision contract: which tickets may run by themselves so that at most `max_wrong` of them are wrong.

The largest coverage whose *empirical* error is within the target breaks its promise every other time. Here
one pooled threshold is certified by learn-then-test: a fixed sequence of accepted shares, each a binomial
test, stopping at the first failure. Labels must show evidence of their own; where some do not, the threshold
is certified anew on those that do. Bootstrap redraws of the shipped corpus break the promise in 4 of 100.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binom

from models.certificate import Certificate, Contract, Gate

SHARES: Final = tuple(share / 1000 for share in range(50, 1001, 25))
"""The 39 accepted shares that are tested, strictest first."""

_STEADY_ERRORS: Final = 3  # one odd row among the first few hundred should not decide

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Names = NDArray[np.object_]


class LabelBound(NamedTuple):
    """What a label must show by its own rows, beside the pooled contract.

    Attributes:
        times: It is wrong at most this many times as often as `max_wrong` allows all together.
        assurance: How sure that must be, 0.5..1.
    """

    times: float
    assurance: float


LABEL_BOUND: Final = LabelBound(times=5.0, assurance=0.8)
"""At 1 % wrong, 32 accepted rows without an error or 59 with one open a label."""


def certify(
    trust: Floats,
    wrong: Bools,
    predicted: Sequence[str],
    labels: Sequence[str],
    contract: Contract,
    bound: LabelBound | None = None,
) -> Certificate:
    """Certify thresholds on calibration rows that the model was not fitted on.

    Args:
        trust: Out-of-fold trust of the rows whose predicted label is automatable, shape (rows,).
        wrong: Whether the prediction was wrong, shape (rows,).
        predicted: Their predicted labels.
        labels: All automatable labels of the model.
        contract: What is promised.
        bound: What a label must show by itself; `LABEL_BOUND` where none is given.
    """
    bound = bound or LABEL_BOUND
    names = np.asarray(predicted, dtype=object)
    first = pooled_threshold(trust, wrong, contract)
    chosen = _gates(trust, wrong, names, labels, _choosing(first, trust), contract, bound)
    fit = np.array([name in chosen and chosen[name].missing == 0 for name in names], dtype=bool)
    threshold = pooled_threshold(trust[fit], wrong[fit], contract)
    gates = _gates(trust, wrong, names, labels, _choosing(threshold, trust), contract, bound)
    opened = {label: _opened(gate, chosen[label], threshold) for label, gate in gates.items()}
    taken = np.array([opened[name].threshold is not None for name in names], dtype=bool)
    taken &= trust >= (np.inf if threshold is None else threshold)
    return Certificate(
        contract=contract,
        threshold=threshold,
        accepted=int(taken.sum()),
        wrong=int(wrong[taken].sum()),
        gates=opened,
    )


def _opened(gate: Gate, before: Gate, threshold: float | None) -> Gate:
    """Open a gate that lacks no rows at either threshold; a closed one tells the greater lack."""
    missing = max(gate.missing, before.missing)
    return gate.model_copy(update={"missing": missing, "threshold": None if missing else threshold})


def _choosing(threshold: float | None, trust: Floats) -> float:
    """Return the trust at which labels are judged: the threshold, or the median where nothing passes."""
    if threshold is not None:
        return threshold
    return float(np.median(trust)) if len(trust) else 1.0


def pooled_threshold(trust: Floats, wrong: Bools, contract: Contract) -> float | None:
    """Return the lowest certified threshold, or None where not even the strictest test is passed.

    The sequence starts at the first share whose rows could bear three errors, or, where rows are few, none:
    that depends on their number alone, not on what they say, so it stays fixed beforehand.
    """
    order = np.argsort(-trust, kind="stable")
    ranked, errors = trust[order], np.cumsum(wrong[order])
    certified: float | None = None
    steady = rows_needed(_STEADY_ERRORS, contract)
    least = steady if steady * 3 <= len(ranked) else rows_needed(0, contract)
    for rows in (int(np.floor(share * len(ranked))) for share in SHARES):
        if rows < least:
            continue
        tied = int(np.searchsorted(-ranked, -ranked[rows - 1], side="right"))
        if binom.cdf(errors[tied - 1], tied, contract.max_wrong) > 1.0 - contract.assurance:
            break
        certified = float(ranked[tied - 1])
    return certified


def at_mix(outside: Bools, share: float, rng: np.random.Generator) -> Bools:
    """Return which rows to certify on so that `other` is as frequent among them as in the queue to come.

    Rows with an intent are left out by chance. What is left is a fair sample of that queue, so the same test
    holds for it; weighing the few `other` rows up instead would count each of them as many.

    Args:
        outside: Whether a row's label is `other`, shape (rows,).
        share: Share of `other` that is expected, 0..1; nothing happens where the rows have as much.
        rng: Draws the rows.
    """
    kept = np.ones(len(outside), dtype=bool)
    inside = rng.permutation(np.flatnonzero(~outside))
    room = int(outside.sum() * (1.0 - share) / share) if share else len(inside)
    kept[inside[room:]] = False
    return kept


def rows_needed(errors: int, contract: Contract) -> int:
    """Return how many accepted rows with `errors` wrong ones certify it (299 for none at 1 %, 95 % sure)."""
    low, high = errors + 1, 2
    while binom.cdf(errors, high, contract.max_wrong) > 1.0 - contract.assurance:
        low, high = high, high * 2
    while low < high:
        middle = (low + high) // 2
        if binom.cdf(errors, middle, contract.max_wrong) > 1.0 - contract.assurance:
            low = middle + 1
        else:
            high = middle
    return low


def precision_low(accepted: int, wrong: int, assurance: float) -> float:
    """Return the Clopper-Pearson lower bound of the precision; 0 without a single accepted row."""
    if accepted == 0 or wrong >= accepted:
        return 0.0
    return float(beta.ppf(1.0 - assurance, accepted - wrong, wrong + 1))


def _gates(
    trust: Floats,
    wrong: Bools,
    names: Names,
    labels: Sequence[str],
    threshold: float,
    contract: Contract,
    bound: LabelBound,
) -> dict[str, Gate]:
    """Judge each label by its rows at `threshold`; the gates are still closed."""
    loose = Contract(max_wrong=min(0.49, contract.max_wrong * bound.times), assurance=bound.assurance)
    gates = {}
    for label in labels:
        taken = (names == label) & (trust >= threshold)
        accepted, errors = int(taken.sum()), int(wrong[taken].sum())
        gates[label] = Gate(
            threshold=None,
            accepted=accepted,
            wrong=errors,
            precision_low=precision_low(accepted, errors, contract.assurance),
            missing=max(0, rows_needed(errors, loose) - accepted),
        )
    return gates
