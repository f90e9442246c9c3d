"""A scenario: everything that shall go wrong in a sandbox, as one value from a file or from a test."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from triage.sandbox.apps import Apps
from triage.sandbox.faults import Rule, arm
from triage.sandbox.throttle import Limits


class Scenario(BaseModel):
    """What shall go wrong; without anything the sandbox works as it should.

    Attributes:
        rules: faults of single requests; the first that fits strikes.
        throttle: limits in force; None throttles nothing.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...] = ()
    throttle: Limits | None = None


def enter(made: Apps, scenario: Scenario) -> None:
    """Put the scenario into force: its rules behind those there are, its settings in place of the present."""
    arm(made.faults, scenario.rules)
    made.throttle.limits = scenario.throttle
