"""Faults as data: which request of which API goes wrong, how, and how often; a middleware makes it happen."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

import httpx
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.sandbox.tenant import Tenant, hide_writes_until

Effect = Literal["answer", "answer_after", "drop_before", "drop_after", "delay", "hide"]
Drop = Callable[[Scope], Awaitable[None]]

PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Rule(BaseModel):
    """One fault. `path` is a regular expression found anywhere in the path; `times` None means always.

    Effects: `answer` refuses with `status`, `headers` and `body` and the API never sees the request;
    `answer_after` does so after the write took effect; `drop_before` and `drop_after` cut the connection;
    `delay` waits `seconds` first; `hide` lets the write take effect, but readers see it `seconds` later.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    app: Literal["entra", "graph", "arm", "vault", "servicenow"]
    effect: Effect
    method: str = "*"
    path: str = ""
    times: int | None = Field(default=1, ge=1)
    status: int = Field(default=503, ge=400, le=599)
    headers: dict[str, str] = {}
    body: str = ""
    seconds: float = Field(default=0.0, ge=0.0)


@dataclass(slots=True)
class Armed:
    """A rule with how often it will still strike (None: always)."""

    rule: Rule
    left: int | None


@dataclass(slots=True)
class Faults:
    """The rules in force, in order; the first that fits a request strikes. `struck` counts all that did."""

    armed: list[Armed] = field(default_factory=list)
    struck: int = 0


def arm(faults: Faults, rules: Iterable[Rule]) -> None:
    """Add rules behind those in force."""
    faults.armed.extend(Armed(rule, rule.times) for rule in rules)


def take(faults: Faults, app: str, method: str, path: str) -> Rule | None:
    """Return the rule that strikes this request, counted as used, or None."""
    for armed in faults.armed:
        rule = armed.rule
        fits = rule.app == app and rule.method in {"*", method} and re.search(rule.path, path)
        if fits and armed.left != 0:
            armed.left = None if armed.left is None else armed.left - 1
            faults.struck += 1
            return rule
    return None


async def cut_in_process(_scope: Scope) -> None:
    """Cut a connection that is none: an in-process client sees the error a real one would.

    Raises:
        httpx.ReadError: always.
    """
    raise httpx.ReadError("the connection was cut")


def faulty(app: ASGIApp, name: str, tenant: Tenant, faults: Faults, drop: Drop = cut_in_process) -> ASGIApp:
    """Return the app with the faults of this API in front of it; `drop` cuts the connection of a scope."""

    async def middleware(scope: Scope, receive: Receive, send: Send) -> None:
        rule = take(faults, name, scope["method"], scope["path"]) if scope["type"] == "http" else None
        if rule is None:
            await app(scope, receive, send)
            return
        if rule.effect == "delay":
            await asyncio.sleep(rule.seconds)
        if rule.effect == "hide":
            hide_writes_until(tenant, tenant.clock() + timedelta(seconds=rule.seconds))
        if rule.effect in {"delay", "hide"}:
            await app(scope, receive, send)
            return
        if rule.effect.endswith("_after"):
            await app(scope, receive, _nowhere)
        if rule.effect.startswith("drop"):
            await drop(scope)
            return
        await _answer(rule)(scope, receive, send)

    return middleware


async def _nowhere(_message: Message) -> None:
    """Swallow the app's own answer, which the client never gets."""


def _answer(rule: Rule) -> Response:
    media = "text/html" if rule.body.startswith("<") else "application/json"
    return Response(rule.body, rule.status, rule.headers, media_type=media)
