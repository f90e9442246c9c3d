"""A scenario: everything that shall go wrong in a sandbox, as one value from a file or from a test."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from triage.clock import Clock
from triage.sandbox.apps import Apps
from triage.sandbox.faults import Rule, arm
from triage.sandbox.registrations import credentials
from triage.sandbox.runbooks.shelf import TWINS
from triage.sandbox.throttle import Limits
from triage.sandbox.worker import Mishap

_YEAR = 366 * 24 * 3600


def _published(runbook: str) -> str:
    """Return the name of a published runbook; a mishap of any other would wait for ever, unseen."""
    if runbook not in TWINS:
        raise ValueError(f"no runbook of that name is published; there are {', '.join(sorted(TWINS))}")
    return runbook


Published = Annotated[str, AfterValidator(_published)]


class Scenario(BaseModel):
    """What shall go wrong; without anything the sandbox works as it should.

    Attributes:
        rules: faults of single requests; the first that fits strikes.
        throttle: limits in force; None throttles nothing.
        credential: our app's client secret; `replicating` works after `replicated_after_seconds`.
        replicated_after_seconds: see `credential`.
        token_seconds: how long tokens of Entra live.
        clock_skew_seconds: how far the outside's clock is ahead of ours; negative: behind.
        workers: whether hybrid workers take jobs.
        jobs: mishaps of the next jobs, by runbook (`fail`, `suspend`, `error_stream`, `restart`).
        close_refused: what a business rule says to whoever resolves or closes a ticket; empty: none does.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...] = ()
    throttle: Limits | None = None
    credential: Literal["valid", "expired", "revoked", "replicating"] = "valid"
    replicated_after_seconds: float = Field(default=0.0, ge=0, le=_YEAR)
    token_seconds: int | None = Field(default=None, ge=1, le=_YEAR)
    clock_skew_seconds: float = Field(default=0.0, ge=-_YEAR, le=_YEAR)
    workers: Literal["awake", "asleep"] = "awake"
    jobs: dict[Published, tuple[Mishap, ...]] = {}
    close_refused: str = ""


def enter(made: Apps, scenario: Scenario) -> None:
    """Put the scenario into force: its rules behind those there are, everything else as it says."""
    tenant = made.tenant
    arm(made.faults, scenario.rules)
    made.throttle.limits = scenario.throttle
    if scenario.clock_skew_seconds:
        tenant.clock = _ahead(tenant.clock, timedelta(seconds=scenario.clock_skew_seconds))
    if scenario.token_seconds is not None:
        made.issuer.lifetime = timedelta(seconds=scenario.token_seconds)
    _turn_credential(made, scenario)
    for worker in tenant.workers:
        worker.asleep = scenario.workers == "asleep"
    for runbook, mishaps in scenario.jobs.items():
        made.workers.mishaps.setdefault(runbook, []).extend(mishaps)
    made.instance.close_refused = scenario.close_refused


def _ahead(clock: Clock, skew: timedelta) -> Clock:
    return lambda: clock() + skew


def _turn_credential(made: Apps, scenario: Scenario) -> None:
    """Expire, take away or hold back the secret our service was given; a valid one is left alone."""
    app = made.tenant.apps[credentials(made.tenant, "service").client_id]
    now, first = made.tenant.clock(), app.secrets[0]
    if scenario.credential == "revoked":
        app.secrets.remove(first)
    elif scenario.credential == "expired":
        first.end = now
    elif scenario.credential == "replicating":
        first.start = now + timedelta(seconds=scenario.replicated_after_seconds)
