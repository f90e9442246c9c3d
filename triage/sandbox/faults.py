"""Faults as data: which request of which API goes wrong, how, and how often; a middleware makes it happen."""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal

import httpx
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.sandbox.tenant import Tenant, hide_writes_until

Effect = Literal[
    "answer",
    "answer_after",
    "drop_before",
    "drop_after",
    "stall_before",
    "stall_after",
    "delay",
    "trickle",
    "hide",
    "meddle",
]


def _pattern(text: str) -> str:
    """Return the text, which must be a regular expression: a wrong one would break every request it meets."""
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"not a regular expression: {error}") from error
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Drop = Callable[[Scope], Awaitable[None]]
Meddle = Callable[[str, Mapping[str, str]], None]

# Effects after which the API works on the request as it should.
_WORKING = frozenset({"delay", "trickle", "hide", "meddle"})
_PIECES = 8
PROXY_PAGE = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


class Rule(BaseModel):
    """One fault. `path` is a regular expression found anywhere in the path; `times` None means always.

    Effects: `answer` refuses with `status`, `headers` and `body` and the API never sees the request;
    `answer_after` does so after the write took effect; `drop_before` and `drop_after` cut the connection;
    `stall_before` and `stall_after` stay silent for `seconds` first, as a request does that times out.
    `delay` waits `seconds` and then works; `trickle` sends the true answer in small pieces over `seconds`;
    `hide` lets the write take effect, but readers see it `seconds` later; `meddle` lets somebody else set
    `values` in the ServiceNow record the request is about just before it is served (for a list in the record
    changed longest ago, so that its pages shift). Of the requests that fit, each `every`-th is struck.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    app: Literal["entra", "graph", "arm", "vault", "servicenow"]
    effect: Effect
    method: Annotated[str, StringConstraints(to_upper=True)] = "*"
    path: Pattern = ""
    times: int | None = Field(default=1, ge=1)
    status: int = Field(default=503, ge=400, le=599)
    headers: dict[str, str] = {}
    body: str = ""
    seconds: float = Field(default=0.0, ge=0.0)
    every: int = Field(default=1, ge=1)
    values: dict[str, str] = {}


@dataclass(slots=True)
class Armed:
    """A rule with how often it will still strike (None: always) and how many requests fitted it."""

    rule: Rule
    left: int | None
    fitted: int = 0


@dataclass(slots=True)
class Faults:
    """The rules in force, in order; the first that fits a request strikes. `struck` counts all that did.

    `meddle` changes the ServiceNow record a path is about, as somebody else.
    """

    meddle: Meddle
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
        if not fits or armed.left == 0:
            continue
        armed.fitted += 1
        if armed.fitted % rule.every == 0:
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
        if rule.effect in _WORKING:
            await _before(rule, scope, tenant, faults)
            await app(scope, receive, _trickling(rule, send))
            return
        if rule.effect.endswith("_after"):
            await app(scope, receive, _nowhere)
        if rule.effect.startswith("stall"):
            await asyncio.sleep(rule.seconds)
        if rule.effect.startswith("answer"):
            await _answer(rule)(scope, receive, send)
        else:
            await drop(scope)

    return middleware


async def _before(rule: Rule, scope: Scope, tenant: Tenant, faults: Faults) -> None:
    """Do what comes before the API works on the request as if nothing were wrong."""
    if rule.effect == "delay":
        await asyncio.sleep(rule.seconds)
    elif rule.effect == "hide":
        hide_writes_until(tenant, tenant.clock() + timedelta(seconds=rule.seconds))
    elif rule.effect == "meddle":
        faults.meddle(scope["path"], rule.values)


def _trickling(rule: Rule, send: Send) -> Send:
    """Return what sends a body in small pieces over the rule's seconds; other effects send as usual."""
    if rule.effect != "trickle":
        return send

    async def slowly(message: Message) -> None:
        body = message.get("body", b"")
        if message["type"] != "http.response.body" or not body:
            await send(message)
            return
        size = max(1, math.ceil(len(body) / _PIECES))
        for at in range(0, len(body), size):
            await asyncio.sleep(rule.seconds / _PIECES)
            last = at + size >= len(body) and not message.get("more_body", False)
            piece = {"type": message["type"], "body": body[at : at + size], "more_body": not last}
            await send(piece)

    return slowly


async def _nowhere(_message: Message) -> None:
    """Swallow the app's own answer, which the client never gets."""


def _answer(rule: Rule) -> Response:
    media = "text/html" if rule.body.startswith("<") else "application/json"
    return Response(rule.body, rule.status, rule.headers, media_type=media)
