"""ARM's limits and refusals: reads, writes and deletes of a caller, and how many jobs may begin at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.sandbox.tenant import Tenant
from triage.sandbox.throttle import Bucket, Throttle, draw

# Amount and refill of each bucket of a caller in a subscription (contracts, Automation section 6).
_BUCKETS = {"reads": (250, 25), "writes": (200, 10), "deletes": (200, 10)}
_NEW_JOBS = (100, 30)


class ArmError(Exception):
    """A refusal of ARM: HTTP status, `error.code` and the headers it carries."""

    def __init__(
        self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status, self.code, self.headers = status, code, dict(headers or {})


@dataclass(frozen=True, slots=True)
class Visit:
    """A request as the limits see it: HTTP method and the action it needs (`jobs/write`)."""

    method: str
    action: str


def charged(throttle: Throttle, tenant: Tenant, principal_id: str, visit: Visit) -> dict[str, str]:
    """Count the request and return the header that says how many more there may be.

    Raises:
        ArmError: 429 with Retry-After; the caller's bucket is empty, or too many jobs were begun.
    """
    kind = {"GET": "reads", "DELETE": "deletes"}.get(visit.method, "writes")
    amount, refill = _BUCKETS[kind]
    name = f"x-ms-ratelimit-remaining-subscription-{kind}"
    costs = [(Bucket(f"arm/{kind}/{principal_id}", amount, amount / refill), 1.0)]
    told = draw(throttle, costs, tenant.clock())
    if told is not None and told.wait is not None:
        message = "Number of requests for the subscription exceeded the limit. Please try again later."
        raise ArmError(429, "TooManyRequests", message, {name: "0", "Retry-After": str(told.wait)})
    _count_job(throttle, tenant, visit)
    return {name: str(amount - 1 if told is None else told.left)}


def _count_job(throttle: Throttle, tenant: Tenant, visit: Visit) -> None:
    if (visit.method, visit.action) != ("PUT", "jobs/write"):
        return
    told = draw(throttle, [(Bucket("arm/jobs", *_NEW_JOBS), 1.0)], tenant.clock())
    if told is not None and told.wait is not None:
        message = "The account may begin 100 jobs in 30 seconds."
        raise ArmError(429, "TooManyRequests", message, {"Retry-After": str(told.wait)})
