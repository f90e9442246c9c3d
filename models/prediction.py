"""What a model says about one ticket: the first part of every decision, from `label` to `words`."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0.0, le=1.0)]


class Alternative(BaseModel):
    """A runner-up: another label and its calibrated probability, 0..1."""

    model_config = ConfigDict(frozen=True)

    label: str
    confidence: Share


class Word(BaseModel):
    """A word of the ticket and what it added to (or, negative, took from) the winning label, in log-odds."""

    model_config = ConfigDict(frozen=True)

    word: str
    weight: float


class Prediction(BaseModel):
    """The guess for one ticket; `accepted` alone says whether the precision contract is met.

    Attributes:
        label: The most probable label.
        confidence: Calibrated probability of `label`, 0..1; the number people see.
        accepted: Whether `trust` reaches the threshold that the contract gave this label; never for `other`.
        novelty: How unlike the training tickets this one is, 0 (familiar) to 1 (never seen).
        alternatives: Runners-up, most probable first.
        words: The words that spoke, strongest first.
        model: Version of the model that guessed.
        trust: Probability that acting on `label` is right, 0..1; the number that gates automation.
        threshold: What `trust` had to reach; None while the label lacks evidence.
    """

    model_config = ConfigDict(frozen=True)

    label: str
    confidence: Share
    accepted: bool
    novelty: Share
    alternatives: tuple[Alternative, ...] = ()
    words: tuple[Word, ...] = ()
    model: str
    trust: Share = 0.0
    threshold: float | None = None
