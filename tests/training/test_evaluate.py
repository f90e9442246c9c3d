"""The figures mean what they say."""

import numpy as np
import pytest

from models.certificate import Certificate, Contract, Gate
from training.evaluate import (
    Judged,
    calibration_error,
    coverage_at_risk,
    measure,
    names,
    novelty_auroc,
)

CERTIFICATE = Certificate(
    contract=Contract(),
    threshold=0.5,
    accepted=2,
    wrong=0,
    gates={"unlock": Gate(threshold=0.5, accepted=2, wrong=0, precision_low=0.2, missing=0)},
)


def judged(rows: list[tuple[str, str, float, bool]]) -> Judged:
    """Make rows of truth, guess, trust (and confidence) and whether they were accepted."""
    trust = np.array([row[2] for row in rows])
    accepted = np.array([row[3] for row in rows])
    return Judged(names([r[0] for r in rows]), names([r[1] for r in rows]), trust, trust, trust, accepted)


ROWS = judged(
    [
        ("unlock", "unlock", 0.9, True),
        ("unlock", "unlock", 0.8, True),
        ("other", "unlock", 0.7, True),
        ("reset", "unlock", 0.4, False),
        ("other", "other", 0.9, False),
    ]
)


def test_coverage_counts_rows_with_an_intent_and_stops_before_the_first_error() -> None:
    assert coverage_at_risk(ROWS, 0.01) == pytest.approx(2 / 3)
    assert coverage_at_risk(ROWS, 0.34) == pytest.approx(3 / 3)


def test_an_accepted_other_is_a_wrong_action() -> None:
    metrics = measure(ROWS, CERTIFICATE, names([""] * 5), seconds=1.0, peak_mib=2.0)
    assert (metrics.contract.accepted, metrics.contract.wrong) == (3, 1)
    assert metrics.contract.wrong_rate == pytest.approx(1 / 3)
    assert metrics.accuracy == pytest.approx(3 / 5)


def test_each_label_is_told_apart() -> None:
    metrics = measure(ROWS, CERTIFICATE, names(["de", "de", "en", "en", ""]), seconds=1.0, peak_mib=2.0)
    unlock = metrics.per_label["unlock"]
    assert (unlock.rows, unlock.precision, unlock.recall, unlock.threshold) == (2, 0.5, 1.0, 0.5)
    assert metrics.per_label["reset"].recall == 0.0
    assert metrics.per_language == {"de": 1.0, "en": 0.0}


def test_metrics_have_the_agreed_names() -> None:
    told = measure(ROWS, CERTIFICATE, names([""] * 5), seconds=1.0, peak_mib=2.0).model_dump()
    agreed = {"rows", "labels", "accuracy", "macro_f1", "ece", "aurc", "coverage_at_risk", "contract",
              "novelty_auroc", "per_label", "seconds", "peak_mib"}  # fmt: skip
    assert agreed <= set(told)
    assert {"0.01", "0.005"} == set(told["coverage_at_risk"])


def test_a_calibrated_model_has_no_calibration_error() -> None:
    confidence = np.repeat([0.25, 0.75], 400)
    right = (
        np.tile([True, False, False, False], 100).tolist() + np.tile([True, True, True, False], 100).tolist()
    )
    assert calibration_error(confidence, np.array(right)) == pytest.approx(0.0)


def test_auroc_needs_both_kinds() -> None:
    assert novelty_auroc(judged([("unlock", "unlock", 0.9, True)])) is None
    assert novelty_auroc(ROWS) == pytest.approx(5 / 6)
