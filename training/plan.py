"""How much work a training does, chosen by the number of rows and labels, so that it ends in minutes."""

from pydantic import BaseModel, ConfigDict


class Plan(BaseModel):
    """The plan of one training.

    Attributes:
        folds: Out-of-fold passes over the rows.
        strange_folds: Passes in which a quarter of the labels is held out, to teach trust.
        newest: Share of the time axis that is checked last.
        own_weight: Weight of an own row beside a corpus row.
    """

    model_config = ConfigDict(frozen=True)

    folds: int
    strange_folds: int
    newest: float = 0.15
    own_weight: float = 3.0


_SMALL = 400_000  # rows times labels that one core fits in about three seconds


def plan_for(rows: int, labels: int) -> Plan:
    """Choose the plan: five folds where that is cheap, fewer as rows and labels grow."""
    work = rows * labels
    folds = 5 if work <= _SMALL else 4 if work <= 3 * _SMALL else 3
    return Plan(folds=folds, strange_folds=2)
