"""How much work a training does, chosen by the number of rows and labels, so that it ends in minutes."""

from pydantic import BaseModel, ConfigDict


class Plan(BaseModel):
    """The plan of one training.

    Attributes:
        folds: Out-of-fold passes over the measured rows.
        strange_folds: Passes in which a quarter of the labels is held out, to teach trust.
        measured: Own rows, drawn as they come, on which thresholds and figures rest.
        per_label: Own rows of one label that the final fit reads at most; of `other` four times as many.
        entries: Features, summed over its rows, that one fit may read; a fit needs some 40 bytes for each.
        newest: Share of the time axis that is checked last.
        own_weights: Weights of an own row beside a corpus row, among which cross-validation chooses.
    """

    model_config = ConfigDict(frozen=True)

    folds: int = 5
    strange_folds: int = 2
    measured: int = 30_000
    per_label: int = 150_000
    entries: int = 11_000_000
    newest: float = 0.15
    own_weights: tuple[float, ...] = (1.0, 3.0)


_SMALL = 400_000  # rows times labels that one core fits in about three seconds
_FINAL = 100_000  # rows that the final fit may read in all


def plan_for(rows: int, labels: int) -> Plan:
    """Choose the plan: five folds where that is cheap, fewer as rows and labels grow, samples beyond."""
    work = min(rows, Plan().measured) * labels
    folds = 5 if work <= _SMALL else 4 if work <= 3 * _SMALL else 3
    return Plan(folds=folds, per_label=max(500, _FINAL // (labels + 3)))
