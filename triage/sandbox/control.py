"""The control door of a running sandbox: see, add and end faults and limits over HTTP, from this machine."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from triage.sandbox.faults import Faults, Rule, arm
from triage.sandbox.records import Json
from triage.sandbox.throttle import Limits, Throttle

PATH = "/faults"


class Order(BaseModel):
    """What to put into force: rules behind those there are, limits in place of the present ones."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: tuple[Rule, ...] = ()
    throttle: Limits | None = None


def door_for(faults: Faults, throttle: Throttle, hosts: list[str]) -> Starlette:
    """Return the app: GET tells what is in force, POST adds an `Order` (JSON), DELETE ends everything.

    Another site's page cannot use it: it takes JSON only, which a browser does not send elsewhere unasked,
    and answers to `hosts` only.
    """

    async def tell(_request: Request) -> Response:
        return JSONResponse(_told(faults, throttle))

    async def add(request: Request) -> Response:
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            return JSONResponse({"detail": "send the order as application/json"}, 415)
        try:
            order = Order.model_validate_json(await request.body())
        except ValidationError as error:
            first = error.errors(include_input=False, include_url=False)[0]
            place = ".".join(str(part) for part in first["loc"])
            return JSONResponse({"detail": f"{place or 'the order'}: {first['msg']}"}, 400)
        arm(faults, order.rules)
        throttle.limits = order.throttle or throttle.limits
        return JSONResponse(_told(faults, throttle), 201)

    async def end(_request: Request) -> Response:
        faults.armed.clear()
        throttle.limits = None
        return Response(status_code=204)

    calls = {"GET": tell, "POST": add, "DELETE": end}
    routes = [Route(PATH, call, methods=[method]) for method, call in calls.items()]
    return Starlette(routes=routes, middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=hosts)])


def _told(faults: Faults, throttle: Throttle) -> Json:
    """Return the rules with how often each will still strike, and what the throttle let pass and refused."""
    rules = [one.rule.model_dump(exclude_defaults=True) | {"left": one.left} for one in faults.armed]
    limits = None if throttle.limits is None else throttle.limits.model_dump()
    counted = {"spent": dict(throttle.spent), "refused": len(throttle.refusals)}
    return {"rules": rules, "struck": faults.struck, "throttle": limits, **counted}
