"""The window as an ASGI app: pages for reading, one form, plain HTTP on loopback, a strict content policy."""

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from triage.sandbox.servicenow.instance import Instance
from triage.sandbox.tenant import Tenant
from triage.sandbox.window import changes, groups, machines, mails, new_ticket, overview, people, tickets
from triage.sandbox.window.frame import HERE, Company, company_of, page, templates_for, version_of

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": POLICY,
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
# A page of another name that resolves to this machine must not read the mails in here (DNS rebinding).
HOSTS = ["127.0.0.1", "localhost", "[::1]"]


def app_for(tenant: Tenant, instance: Instance) -> Starlette:
    """Return the window on this company; it shows the present state and changes it only by new tickets."""
    company = Company(tenant, instance)
    app = Starlette(
        routes=_ROUTES,
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=HOSTS),
            Middleware(BaseHTTPMiddleware, dispatch=_guarded),
        ],
        exception_handlers={HTTPException: _failure},
    )
    app.state.company = company
    app.state.templates = templates_for(company)
    return app


async def pulse(request: Request) -> Response:
    """Tell the version of the company: a page asks this and fetches itself again when it differs."""
    return JSONResponse({"version": version_of(company_of(request))})


async def _guarded(request: Request, answer: RequestResponseEndpoint) -> Response:
    response = await answer(request)
    response.headers.update(_HEADERS)
    return response


async def _failure(request: Request, failure: Exception) -> Response:
    assert isinstance(failure, HTTPException)
    facts = {"status": failure.status_code, "detail": failure.detail}
    return page(request, "failure.html", facts, failure.status_code)


_ROUTES = [
    Route("/", overview.show),
    Route("/tickets", tickets.show_list),
    Route("/tickets/new", new_ticket.show),
    Route("/tickets/new", new_ticket.take, methods=["POST"]),
    Route("/tickets/{number}", tickets.show_one),
    Route("/people", people.show_list),
    Route("/people/{id}", people.show_one),
    Route("/groups", groups.show_list),
    Route("/groups/{id}", groups.show_one),
    Route("/licences", groups.show_licences),
    Route("/machines", machines.show),
    Route("/mail", mails.show_list),
    Route("/mail/{id}", mails.show_one),
    Route("/changes", changes.show),
    Route("/pulse", pulse),
    Mount("/static", StaticFiles(directory=HERE / "static")),
]
