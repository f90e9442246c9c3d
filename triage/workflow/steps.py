"""The story of a ticket on one screen: from words to a decision with a plan. It reads, and changes nothing."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import contextmanager
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from actions.contract import Action, World
from actions.errors import OutsideError, Throttled
from actions.vocabulary import Params, Plan, Route, Tier
from models.prediction import Prediction
from triage.classify import Model, classify
from triage.domain.decision import Decision, Ruling, Verdict
from triage.domain.facts import Facts
from triage.domain.request import Request
from triage.domain.run import fingerprint
from triage.domain.site import Site
from triage.domain.ticket import Ticket
from triage.enrich import enrich
from triage.memory import Memory
from triage.playbooks.load import choose_step
from triage.playbooks.model import Playbook, Step
from triage.policy.decide import Policy
from triage.resolve import resolve
from triage.resolve.directory import Directory


class Switch(Protocol):
    """The kill switch as the story sees it."""

    async def stops(self, action: str, tier: Tier, label: str) -> bool:
        """Whether effects of this action, tier or label are halted now."""


@dataclass(frozen=True)
class Tools:
    """What deciding needs; replay builds it in memory, the service over PostgreSQL.

    Attributes:
        model: the model that serves now.
        directory: names of the tenant, at most some minutes old.
        reading: a world whose transport cannot write.
        memory: what was asked or done lately.
        timer: seconds of a clock that only goes forward, for measuring the stages.
    """

    model: Callable[[], Model]
    playbooks: Mapping[str, Playbook]
    policy: Policy
    actions: Mapping[str, Action[Any]]
    reading: World
    directory: Callable[[], Awaitable[Directory]]
    memory: Memory
    switch: Switch
    site: Site
    timer: Callable[[], float] = time.perf_counter


@dataclass(frozen=True)
class Planned:
    """An action with its parameters and what it would change; `blockers` tell why it could not run."""

    action: Action[Any]
    params: Params
    plan: Plan
    blockers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consideration:
    """A decision with everything it rests on; `planned` is `None` where nothing can be done by itself."""

    decision: Decision
    request: Request
    facts: Facts
    planned: Planned | None = None
    seconds: Mapping[str, float] = field(default_factory=dict)
