"""What stands around every page: who is signed in, what waits, what is halted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy.exc import SQLAlchemyError

from triage.store import alarms, reviews
from triage.store.alarms import Alarm
from triage.web.callers import Caller, Role
from triage.web.front import services_of
from triage.web.session import person
from triage.web.switching import Standing, standing
from triage.workflow.services import Services

_NOTHING = Standing()
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Frame:
    """Who looks (`None` for nobody), how many reviews wait, what is halted, the time it is, what is wrong."""

    caller: Caller | None = None
    waiting: int | None = None
    halted: Standing = _NOTHING
    now: datetime = _LONG_AGO
    alarms: tuple[Alarm, ...] = ()

    def has(self, *names: str) -> bool:
        """Whether whoever looks has one of these app roles."""
        return self.caller is not None and any(role.value in names for role in self.caller.roles)


BARE = Frame()
"""The frame of a page that may be shown to anybody."""


def seen_by(*roles: Role) -> Callable[[Request], Awaitable[Caller]]:
    """Return a dependency: the person who is signed in, who needs one of `roles`; it also draws the frame.

    Without roles, anybody of the tenant may see the page.
    """

    async def looking(request: Request) -> Caller:
        services = services_of(request)
        caller = person(request, services.clock)
        request.state.frame = await drawn(services, caller)
        if roles:
            caller.needs(*roles)
        return caller

    return looking


Onlooker = Annotated[Caller, Depends(seen_by(Role.VIEWER))]
Answerer = Annotated[Caller, Depends(seen_by(Role.APPROVER, Role.ADMIN))]
Administrator = Annotated[Caller, Depends(seen_by(Role.ADMIN))]
Anybody = Annotated[Caller, Depends(seen_by())]


async def drawn(services: Services, caller: Caller) -> Frame:
    """Return the frame of whoever is signed in; what is halted shows to everybody, what waits to viewers."""
    if Role.VIEWER not in caller.roles:
        return Frame(caller, None, await standing(services), services.clock())
    try:
        async with services.engine.connect() as conn:
            waiting, wrong = await reviews.count_waiting(conn), await alarms.standing(conn)
    except (SQLAlchemyError, OSError):
        waiting, wrong = None, ()
    return Frame(caller, waiting, await standing(services), services.clock(), wrong)
