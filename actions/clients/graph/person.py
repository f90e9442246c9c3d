"""All that enrichment wants to know of a person, in one round trip, each part known or not."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from actions.clients.call import Answer, Call, Json
from actions.clients.graph.batch import batch
from actions.clients.graph.groups import get_groups_of, seen_whole
from actions.clients.graph.licenses import get_licenses_of
from actions.clients.graph.pages import NEXT, everything
from actions.clients.graph.roles import get_active_roles, get_eligible_roles, role_names
from actions.clients.graph.users import SignInHolder, get_manager, get_sign_in, get_user
from actions.clients.graph.values import DirectoryUser, Group, LicenseDetail, User
from actions.clients.http import Api
from actions.errors import NotFound, OutsideError, Unreachable

T = TypeVar("T")


@dataclass(frozen=True)
class Person:
    """A person as Graph shows them now; a part that could not be read is the error that says why.

    `manager` and `last_sign_in` are `None` when there is none; role names are Entra's display names.
    """

    user: User | OutsideError
    manager: DirectoryUser | OutsideError | None
    groups: tuple[Group, ...] | OutsideError
    active_roles: tuple[str, ...] | OutsideError
    eligible_roles: tuple[str, ...] | OutsideError
    licenses: tuple[LicenseDetail, ...] | OutsideError
    last_sign_in: datetime | OutsideError | None


async def read_person(api: Api, user_id: str) -> Person:
    """Read everything about the user with this object id in one `$batch`; never raises for a part.

    A list of more than one page costs a further request.
    """
    calls = [ask(user_id) for ask in _ASKED]
    user, manager, sign_in, *lists = await batch(api, calls)
    groups, active, eligible, licenses = zip(calls[3:], lists, strict=True)
    return Person(
        user=_one(user, User.of),
        manager=None if isinstance(manager, NotFound) else _one(manager, DirectoryUser.of),
        last_sign_in=_one(sign_in, lambda body: SignInHolder.of(body).last),
        groups=await _known(_all(api, *groups, seen_whole)),
        active_roles=await _known(_all(api, *active, role_names)),
        eligible_roles=await _known(_all(api, *eligible, role_names)),
        licenses=await _known(_all(api, *licenses, _licenses)),
    )


_ASKED = (
    *(get_user, get_manager, get_sign_in),
    *(get_groups_of, get_active_roles, get_eligible_roles, get_licenses_of),
)


def _one(part: Answer | OutsideError, parse: Callable[[Json], T]) -> T | OutsideError:
    if isinstance(part, OutsideError):
        return part
    try:
        return parse(part.object)
    except OutsideError as error:
        return error


async def _known(reading: Awaitable[T]) -> T | OutsideError:
    try:
        return await reading
    except OutsideError as error:
        return error


async def _all(api: Api, call: Call, part: Answer | OutsideError, parse: Callable[[list[Json]], T]) -> T:
    """Read the whole list; half of somebody's groups would look like all of them."""
    if isinstance(part, OutsideError):
        raise part
    first, link = part.object.get("value"), part.object.get(NEXT)
    if not isinstance(first, list):
        raise Unreachable("Microsoft Graph sent no list.", hint="It is tried again.", subject=call.subject)
    rest = await everything(api, replace(call, path=link, params={})) if isinstance(link, str) else []
    return parse(first + rest)


def _licenses(items: list[Json]) -> tuple[LicenseDetail, ...]:
    return tuple(LicenseDetail.of(item) for item in items)
