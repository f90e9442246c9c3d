"""Graph's limits: what each operation costs, from which buckets, and the headers and 429s that tell of it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from triage.sandbox.graph.errors import GraphError
from triage.sandbox.tenant import Tenant, user_by_key
from triage.sandbox.throttle import Bucket, Draw, Limits, Refusal, Throttle, draw

AT_ONCE = 4
"""How many requests of one app may be under way in one mailbox (contracts, Graph section 2.2)."""

_COSTS = {
    "/users": 2,
    "/users/{user}/memberOf": 2,
    "/users/{user}/licenseDetails": 2,
    "/groups/{group}/members": 3,
    "/groups/{group}/transitiveMembers": 5,
    "/subscribedSkus": 3,
    "/applications": 2,
}
_SMALL_PAGE = 20
# POSTs that read: they cost resource units and are no writes.
_READING = re.compile(r"/(checkMemberGroups|getMemberGroups|getByIds)$")
_OUTLOOK = re.compile(r"^/users/\{user\}/(sendMail|mailboxSettings|calendar|mailFolders|messages)")
# Services with a limit of their own: path, name, requests, seconds.
_OWN = (
    (re.compile(r"^/(auditLogs|reports)/"), "reports", 5, 10),
    (re.compile(r"^/invitations"), "invitations", 150, 5),
    (re.compile(r"/sendActivityNotification$"), "teams", 5, 1),
    (re.compile(r"(^/deviceManagement/|/managedDevices)"), "intune", 1000, 20),
)
_TOLD_FROM, _TOLD_TO = 0.8, 1.8


@dataclass(frozen=True, slots=True)
class Visit:
    """A request as the limits see it: `path` is the operation's, with `{user}` for the key in it."""

    method: str
    path: str
    keys: Mapping[str, str]
    query: Mapping[str, str]
    app_id: str


def resource_units(visit: Visit) -> int:
    """Return what the request costs: dear reads more, `$select` and small pages less, never below 1."""
    if visit.method != "GET":
        return 1
    path = re.sub(r"/microsoft\.graph\.\w+$", "", visit.path).replace("transitiveMemberOf", "memberOf")
    cost = 2 if path.startswith("/applications(") else _COSTS.get(path, 1)
    top = visit.query.get("$top", "")
    cost -= "$select" in visit.query
    cost += "$expand" in visit.query
    cost -= top.isdigit() and int(top) < _SMALL_PAGE
    return max(1, cost)


@asynccontextmanager
async def admitted(throttle: Throttle, tenant: Tenant, visit: Visit) -> AsyncIterator[dict[str, str]]:
    """Let the request in and give the headers its answer carries, or refuse it.

    Raises:
        GraphError: 429; a bucket is empty, or four requests are under way in the mailbox.
    """
    headers = _charged(throttle, tenant, visit)
    if throttle.limits is None or not _OUTLOOK.match(visit.path):
        yield headers
        return
    async with _one_of_four(throttle, throttle.limits, _mailbox(tenant, visit), tenant):
        yield headers


def _charged(throttle: Throttle, tenant: Tenant, visit: Visit) -> dict[str, str]:
    outlook = _OUTLOOK.match(visit.path) is not None
    own = next((row for row in _OWN if row[0].search(visit.path)), None)
    if outlook or own is not None:
        headers: dict[str, str] = {}
        bucket = _service(own, visit, tenant) if own else Bucket(_mailbox(tenant, visit), 10_000, 600)
        costs = [(bucket, 1.0)]
    else:
        headers = {"x-ms-resource-unit": str(resource_units(visit))}
        costs = _identity(tenant, visit)
    everywhere = Bucket(f"requests/{visit.app_id}", 2000, 1)
    told = draw(throttle, [*costs, (everywhere, 1.0)], tenant.clock())
    if told is None:
        return headers
    headers |= _headers(told, tenant, visit)
    if told.wait is not None:
        code = "ApplicationThrottled" if outlook else "TooManyRequests"
        raise _too_many(code, headers, told.wait)
    return headers


def _identity(tenant: Tenant, visit: Visit) -> list[tuple[Bucket, float]]:
    """Return the buckets of identity and access, by the size of the tenant: S, M or L."""
    people, units = len(tenant.users), float(resource_units(visit))
    amount = 3_500 if people < 50 else 5_000 if people <= 500 else 8_000
    app, here = visit.app_id, f"{visit.app_id}/{tenant.id}"
    reason = "ResourceUnitLimitExceeded"
    costs = [
        (Bucket(f"units/{here}", amount, 10, reason), units),
        (Bucket(f"units/{app}", 150_000, 20, reason), units),
    ]
    if visit.method != "GET" and not _READING.search(visit.path):
        reason = "WriteLimitExceeded"
        costs += [
            (Bucket(f"writes/{here}", 3_000, 150, reason), 1.0),
            (Bucket(f"writes/{app}", 70_000, 300, reason), 1.0),
            (Bucket(f"writes/{tenant.id}", 18_000, 300, reason), 1.0),
        ]
    return costs


def _service(own: tuple[re.Pattern[str], str, int, int], visit: Visit, tenant: Tenant) -> Bucket:
    _, name, amount, window = own
    return Bucket(f"{name}/{visit.app_id}/{tenant.id}", amount, window)


def _mailbox(tenant: Tenant, visit: Visit) -> str:
    user = user_by_key(tenant, visit.keys.get("user", ""))
    return f"mailbox/{visit.app_id}/{visit.keys.get('user', '').casefold() if user is None else user['id']}"


@asynccontextmanager
async def _one_of_four(throttle: Throttle, limits: Limits, key: str, tenant: Tenant) -> AsyncIterator[None]:
    """Hold one of the mailbox's places for as long as a request takes there."""
    if throttle.busy[key] >= AT_ONCE:
        now = tenant.clock()
        throttle.refusals.append(Refusal(now, key, now + timedelta(seconds=1)))
        raise _too_many("ApplicationThrottled", {}, 1, "Application is over its MailboxConcurrency limit.")
    throttle.busy[key] += 1
    try:
        await asyncio.sleep(limits.mailbox_seconds)
        yield
    finally:
        throttle.busy[key] -= 1


def _headers(told: Draw, tenant: Tenant, visit: Visit) -> dict[str, str]:
    headers = {}
    if told.used >= _TOLD_FROM:
        headers["x-ms-throttle-limit-percentage"] = f"{min(told.used, _TOLD_TO):.2f}"
    if told.wait is not None:
        headers["x-ms-throttle-scope"] = f"Tenant_Application/ReadWrite/{visit.app_id}/{tenant.id}"
        headers |= {"x-ms-throttle-information": told.bucket.reason} if told.bucket.reason else {}
    return headers


def _too_many(
    code: str, headers: dict[str, str], wait: int, message: str = "Too many requests."
) -> GraphError:
    return GraphError(429, code, message, headers=headers | {"Retry-After": str(wait)})
