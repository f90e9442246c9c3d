"""ServiceNow's rate limit: one rule, requests a user may send in an hour, and the headers that tell of it."""

import math
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.servicenow import access
from triage.sandbox.servicenow.failures import ApiFailure
from triage.sandbox.servicenow.instance import Instance
from triage.sandbox.throttle import Bucket, Throttle, draw

Endpoint = Callable[[Request], Awaitable[Response]]
RULE = "integration user, hourly"


def metered(call: Endpoint) -> Endpoint:
    """Return the endpoint with the rule in front of it; without a rule there are no headers either."""

    async def endpoint(request: Request) -> Response:
        instance: Instance = request.app.state.instance
        account = access.caller(request, instance)
        headers = _charged(request.app.state.throttle, instance, account.user_name)
        response = await call(request)
        response.headers.update(headers)
        return response

    return endpoint


def _charged(throttle: Throttle, instance: Instance, user_name: str) -> dict[str, str]:
    if throttle.limits is None:
        return {}
    bucket = Bucket(f"servicenow/{user_name}", throttle.limits.requests_per_hour, 3600, whole=True)
    told = draw(throttle, [(bucket, 1.0)], instance.tenant.clock())
    if told is None:
        return {}
    headers = {
        "X-RateLimit-Limit": str(math.floor(told.bucket.amount)),
        "X-RateLimit-Reset": str(math.ceil(told.reset.timestamp())),
        "X-RateLimit-Rule": RULE,
    }
    if told.wait is not None:
        detail = f"limit of {headers['X-RateLimit-Limit']} requests per hour for Table API exceeded"
        raise ApiFailure(
            429, "Rate limit exceeded", detail, headers=headers | {"Retry-After": str(told.wait)}
        )
    return headers
