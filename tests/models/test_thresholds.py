"""The precision contract: what is certified holds, and what cannot be certified is refused."""

import numpy as np
import pytest

from models.certificate import Contract
from models.thresholds import at_mix, certify, pooled_threshold, precision_low, rows_needed

CONTRACT = Contract(max_wrong=0.01, assurance=0.95)


def test_rows_without_error_that_certify_one_percent() -> None:
    assert rows_needed(0, CONTRACT) == 299
    assert rows_needed(0, Contract(max_wrong=0.01, assurance=0.90)) == 230
    assert rows_needed(0, Contract(max_wrong=0.005, assurance=0.95)) == 598


def test_too_few_rows_certify_nothing() -> None:
    trust = np.linspace(0, 1, 298)
    assert pooled_threshold(trust, np.zeros(298, dtype=bool), CONTRACT) is None


def test_flawless_rows_are_all_accepted() -> None:
    trust = np.linspace(0, 1, 2000)
    assert pooled_threshold(trust, np.zeros(2000, dtype=bool), CONTRACT) == 0.0


def test_random_errors_at_the_limit_are_refused() -> None:
    rng = np.random.default_rng(1)
    assert pooled_threshold(rng.random(3000), rng.random(3000) < 0.02, CONTRACT) is None


def test_equal_trust_is_accepted_or_refused_together() -> None:
    trust = np.repeat([0.9, 0.5], 1000)
    wrong = np.concatenate([np.zeros(1000, dtype=bool), np.ones(1000, dtype=bool)])
    assert pooled_threshold(trust, wrong, CONTRACT) == 0.9


def test_the_promise_is_broken_in_at_most_one_of_twenty_redraws() -> None:
    rng = np.random.default_rng(7)
    broken = 0
    for _ in range(300):
        trust = rng.random(3000)
        threshold = pooled_threshold(trust, rng.random(3000) < risk_at(trust), CONTRACT)
        if threshold is not None:
            fresh = rng.uniform(threshold, 1, 200_000)
            broken += float(risk_at(fresh).mean()) > CONTRACT.max_wrong
    assert broken <= 300 * 0.05 + 3 * np.sqrt(300 * 0.05 * 0.95)


def test_calibration_rows_are_brought_to_the_expected_mix() -> None:
    outside = np.arange(1000) < 50
    kept = at_mix(outside, 0.2, np.random.default_rng(1))
    assert outside[kept].sum() == 50
    assert kept.sum() == 250


@pytest.mark.parametrize("share", [0.0, 0.01, 0.05])
def test_a_mix_that_is_there_already_leaves_nothing_out(share: float) -> None:
    assert at_mix(np.arange(1000) < 50, share, np.random.default_rng(1)).all()


def test_without_a_row_of_other_no_share_of_it_can_be_promised() -> None:
    assert not at_mix(np.zeros(1000, dtype=bool), 0.1, np.random.default_rng(1)).any()


def test_the_promise_holds_at_the_mix_to_come_where_the_plain_one_breaks() -> None:
    broken = {0.0: 0, 0.2: 0}
    for seed in range(60):
        rng = np.random.default_rng(seed)
        outside = np.arange(6000) < 300
        trust = np.where(outside, rng.beta(2, 4, 6000), rng.beta(6, 2, 6000))
        wrong = outside | (rng.random(6000) < risk_at(trust) / 10)
        for share in broken:
            kept = at_mix(outside, share, rng)
            limit = pooled_threshold(trust[kept], wrong[kept], CONTRACT)
            taken = trust >= (np.inf if limit is None else limit)
            weights = np.where(outside, 0.2 / 0.05, 0.8 / 0.95) * taken
            broken[share] += float((weights * wrong).sum()) > CONTRACT.max_wrong * float(weights.sum())
    assert broken[0.0] > 30
    assert broken[0.2] <= 60 * 0.05 + 3 * np.sqrt(60 * 0.05 * 0.95)


def risk_at(trust: np.ndarray) -> np.ndarray:
    """Chance that a row of that trust is wrong: none at the top, a half at the bottom."""
    return (1 - trust) ** 3 / 2


def test_a_label_without_evidence_stays_with_people() -> None:
    trust, wrong = np.ones(1010), np.zeros(1010, dtype=bool)
    gates = certify(
        trust, wrong, ["often"] * 1000 + ["seldom"] * 10, ["often", "seldom", "never"], CONTRACT
    ).gates
    assert gates["often"].threshold == 1.0
    assert gates["seldom"].threshold is None
    assert gates["seldom"].missing > 0
    assert gates["never"].threshold is None


@pytest.mark.parametrize(("accepted", "wrong"), [(0, 0), (5, 5)])
def test_no_right_row_proves_no_precision(accepted: int, wrong: int) -> None:
    assert precision_low(accepted, wrong, 0.95) == 0.0


def test_precision_bound_is_that_of_clopper_and_pearson() -> None:
    assert precision_low(299, 0, 0.95) == pytest.approx(0.05 ** (1 / 299), abs=1e-9)


def test_a_label_that_stays_closed_tells_how_many_rows_it_lacks() -> None:
    rows = [("often", trust, False) for trust in np.linspace(0, 1, 2000).tolist()]
    rows += [("wrong", 0.9, True)] * 100
    rows += [("seldom", 0.99, False)] * 25 + [("seldom", 0.1, False)] * 50
    predicted, trust, wrong = zip(*rows, strict=True)
    labels = ["often", "seldom", "wrong"]
    gates = certify(np.array(trust), np.array(wrong), predicted, labels, CONTRACT).gates
    assert gates["often"].threshold == 0.0
    assert gates["seldom"].threshold is None
    assert gates["seldom"].missing == 7
