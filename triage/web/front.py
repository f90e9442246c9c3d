"""What every route works with, and how it asks who calls."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from triage.errors import NotSignedIn
from triage.web.bearer import BearerCheck
from triage.web.callers import Caller, Role
from triage.web.feed import Feed
from triage.web.pace import Pace
from triage.web.sign_in import SignIn
from triage.workflow.services import Services

Documented = dict[int | str, dict[str, Any]]
"""Answers besides the good one, by status, as OpenAPI describes them."""
_BEARER = HTTPBearer(auto_error=False, description="A token of our tenant with an app role.")


@dataclass(frozen=True)
class Front:
    """The service, who may call it, news for those who look on, the pace of those who do not sign in."""

    services: Services
    bearer: BearerCheck
    sign_in: SignIn
    feed: Feed
    pace: Pace


def front_of(request: Request) -> Front:
    """Return what the application was built with."""
    front: Front = request.app.state.front
    return front


def services_of(request: Request) -> Services:
    """Return the running service."""
    return front_of(request).services


Served = Annotated[Services, Depends(services_of)]
"""The running service, as an argument of a route."""


def holder(*roles: Role) -> Callable[..., Awaitable[Caller]]:
    """Return a dependency: the holder of the bearer token, who needs one of `roles`."""

    async def checked(
        request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(_BEARER)]
    ) -> Caller:
        if given is None:
            raise NotSignedIn("no bearer token came with the request", hint="Send Authorization: Bearer …")
        caller = await front_of(request).bearer.caller(given.credentials)
        return caller.needs(*roles)

    return checked


Viewer = Annotated[Caller, Depends(holder(Role.VIEWER))]
Answering = Annotated[Caller, Depends(holder(Role.APPROVER, Role.ADMIN))]
Admin = Annotated[Caller, Depends(holder(Role.ADMIN))]
Auditor = Annotated[Caller, Depends(holder(Role.AUDITOR))]
Intake = Annotated[Caller, Depends(holder(Role.INTAKE))]
Reader = Annotated[Caller, Depends(holder(Role.VIEWER, Role.INTAKE))]
