"""What a precision contract promises and which thresholds it allows: plain data that goes with a version."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field


class Contract(BaseModel):
    """What was promised: at most `max_wrong` of the accepted are wrong, with probability `assurance`.

    It holds for queues of which up to `other_share` have no intent, or as many as the export where that is
    more.
    """

    model_config = ConfigDict(frozen=True)

    max_wrong: float = Field(default=0.01, gt=0.0, lt=0.5)
    assurance: float = Field(default=0.95, gt=0.5, lt=1.0)
    other_share: float = Field(default=0.0, ge=0.0, lt=1.0)


class Gate(BaseModel):
    """What the contract says about one label.

    Attributes:
        threshold: Trust that a ticket must reach; None keeps the label with people.
        accepted: Calibration rows that would have been accepted.
        wrong: How many of those were wrong.
        precision_low: Lower bound of the precision among accepted rows, at the contract's assurance.
        missing: Accepted rows without a further error that are needed before the label can be opened.
    """

    model_config = ConfigDict(frozen=True)

    threshold: float | None
    accepted: int
    wrong: int
    precision_low: float
    missing: int


class Certificate(BaseModel):
    """The outcome of certifying: the contract, the pooled threshold (None: nothing passes) and the gates."""

    model_config = ConfigDict(frozen=True)

    contract: Contract
    threshold: float | None
    accepted: int
    wrong: int
    gates: Mapping[str, Gate]
