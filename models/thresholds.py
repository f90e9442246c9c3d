"""The precision contract: which tickets may run by themselves so that at most `max_wrong` of them are wrong.

The largest coverage whose *empirical* error is within the target breaks its promise every other time. Here
one pooled threshold is certified by learn-then-test: a fixed sequence of accepted shares, each a binomial
test, stopping at the first failure. Labels must show evidence of their own; where some do not, the threshold
is certified anew on those that do. Bootstrap redraws of the shipped corpus break the promise in 4 of 100.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.stats import beta, binom

from models.certificate import Certificate, Contract, Gate

SHARES: Final = tuple(share / 1000 for share in range(50, 1001, 25))
"""The 39 accepted shares that are tested, strictest first."""

_STEADY_ERRORS: Final = 3  # one odd row among the first few hundred should not decide

LABEL_SLACK: Final = 5.0
"""How many times `max_wrong` a single label may be wrong at worst: its own bound, beside the pooled one."""

LABEL_ASSURANCE: Final = 0.8
"""How sure that bound is: 32 rows without an error, or 59 with one, at 1 % open a label."""

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Names = NDArray[np.object_]


def certify(
    trust: Floats, wrong: Bools, predicted: Sequence[str], labels: Sequence[str], contract: Contract
) -> Certificate:
    """Certify thresholds on calibration rows that the model was not fitted on.

    Args:
        trust: Out-of-fold trust of the rows whose predicted label is automatable, shape (rows,).
        wrong: Whether the prediction was wrong, shape (rows,).
        predicted: Their predicted labels.
        labels: All automatable labels of the model.
        contract: What is promised.
    """
    names = np.asarray(predicted, dtype=object)
    first = pooled_threshold(trust, wrong, contract)
    chosen = _gates(trust, wrong, names, labels, _choosing(first, trust), contract)
    fit = np.array([name in chosen and chosen[name].missing == 0 for name in names], dtype=bool)
    threshold = pooled_threshold(trust[fit], wrong[fit], contract)
    gates = _gates(trust, wrong, names, labels, _choosing(threshold, trust), contract)
    opened = {
        label: gate.model_copy(
            update={"threshold": threshold if chosen[label].missing + gate.missing == 0 else None}
        )
        for label, gate in gates.items()
    }
    taken = np.array([opened[name].threshold is not None for name in names], dtype=bool)
    taken &= trust >= (np.inf if threshold is None else threshold)
    return Certificate(
        contract=contract,
        threshold=threshold,
        accepted=int(taken.sum()),
        wrong=int(wrong[taken].sum()),
        gates=opened,
    )


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
    trust: Floats, wrong: Bools, names: Names, labels: Sequence[str], threshold: float, contract: Contract
) -> dict[str, Gate]:
    """Judge each label by its rows at `threshold`; the gates are still closed."""
    loose = Contract(max_wrong=min(0.49, contract.max_wrong * LABEL_SLACK), assurance=LABEL_ASSURANCE)
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
