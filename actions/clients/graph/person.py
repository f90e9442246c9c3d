"""All that enrichment wants to know of a person, in one round trip, each part known or not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from actions.clients.call import Answer
from actions.clients.graph.batch import batch
from actions.clients.graph.groups import get_groups_of, seen_whole
from actions.clients.graph.licenses import get_licenses_of
from actions.clients.graph.pages import NEXT
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
    """Read everything about the user with this object id in one `$batch`; never raises for a part."""
    asked = (get_user, get_manager, get_groups_of, get_active_roles, get_eligible_roles, get_licenses_of)
    parts = await batch(api, [ask(user_id) for ask in (*asked, get_sign_in)])
    user, manager, groups, active, eligible, licenses, sign_in = parts
    return Person(
        user=_read(user, User.of),
        manager=None if isinstance(manager, NotFound) else _read(manager, DirectoryUser.of),
        groups=_read(groups, lambda body: seen_whole(_whole(body))),
        active_roles=_read(active, lambda body: role_names(_whole(body))),
        eligible_roles=_read(eligible, lambda body: role_names(_whole(body))),
        licenses=_read(licenses, lambda body: tuple(LicenseDetail.of(one) for one in _whole(body))),
        last_sign_in=_read(sign_in, lambda body: SignInHolder.of(body).last),
    )


def _read(part: Answer | OutsideError, parse: Callable[[Any], T]) -> T | OutsideError:
    if isinstance(part, OutsideError):
        return part
    try:
        return parse(part.object)
    except OutsideError as error:
        return error


def _whole(body: Any) -> list[Any]:
    """Return a list that fits one page; half a list of groups would look like knowing them all."""
    if body.get(NEXT) or not isinstance(body.get("value"), list):
        raise Unreachable("Microsoft Graph gave only part of a list.", hint="Look the person up by hand.")
    return list(body["value"])
