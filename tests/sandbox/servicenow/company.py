"""Harborline with its ServiceNow under a clock that moves only when a test moves it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from triage.sandbox import servicenow
from triage.sandbox.founding import found
from triage.sandbox.servicenow.instance import Row
from triage.sandbox.servicenow.play import put_in
from triage.sandbox.tenant import Tenant

WORLD = Path(__file__).resolve().parents[3] / "training/data/companies/harborline.json"
FREYA = "freya.ramos@harborline.example"
START = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@dataclass
class SetClock:
    """A clock that shows what it is set to."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Harborline:
    """The company, its instance, and the clock both live by."""

    clock: SetClock = field(default_factory=SetClock)
    tenant: Tenant = field(init=False)
    instance: servicenow.Instance = field(init=False)

    def __post_init__(self) -> None:
        self.tenant = found(world(), self.clock)
        self.instance = servicenow.found(self.tenant)

    def incident(self, text: str = "I cannot sign in", caller: str = FREYA) -> Row:
        """Put an incident in and return its row."""
        played = put_in(self.instance, {"caller_id": caller, "short_description": text})
        return self.instance.tables["incident"][played.sys_id]


@cache
def _text() -> str:
    return WORLD.read_text(encoding="utf-8")


def world() -> dict[str, Any]:
    """Return the company's file, read anew: no test sees what another one did to it."""
    made: dict[str, Any] = json.loads(_text())
    return made


def over(app: ASGIApp, base_url: str) -> httpx.AsyncClient:
    """Return a client that calls the app in process."""
    return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=base_url)
