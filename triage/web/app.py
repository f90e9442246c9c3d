"""The web application: health, metrics, API and pages over the running service."""

from __future__ import annotations

from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI
from starlette.middleware.sessions import SessionMiddleware
from starlette.staticfiles import StaticFiles

from triage.web import api, health, metrics, pages
from triage.web.bearer import bearer_check
from triage.web.errors import Problem, Unexpected, install
from triage.web.feed import Feed, look_at
from triage.web.front import Documented, Front
from triage.web.guard import Guard
from triage.web.pace import Pace
from triage.web.pages import not_me
from triage.web.session import session_key
from triage.web.sign_in import SignIn
from triage.workflow.services import Services

_STATIC = Path(__file__).parent / "static"
_REFUSED: Documented = {
    HTTPStatus.UNAUTHORIZED.value: {"description": "No token, or not a good one.", "model": Problem},
    HTTPStatus.FORBIDDEN.value: {"description": "The token lacks the app role.", "model": Problem},
}


def routes() -> FastAPI:
    """Return the application without a service behind it: what there is to call, for its description."""
    app = FastAPI(
        title="Ticket triage",
        version="1",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.include_router(health.router)
    app.include_router(metrics.router)
    app.include_router(api.router, prefix="/api/v1", responses=_REFUSED)
    app.include_router(api.unsigned, prefix="/api/v1")
    app.include_router(pages.router, include_in_schema=False)
    app.mount("/static", StaticFiles(directory=_STATIC), name="static")
    return app


def web_app(services: Services) -> FastAPI:
    """Return the ASGI app over the service; nothing is asked of the outside before a request comes."""
    settings = services.settings
    secure = settings.web.public_url.startswith("https:")
    app = routes()
    app.state.front = Front(
        services=services,
        bearer=bearer_check(settings.entra, settings.ca_file),
        sign_in=SignIn(settings),
        feed=Feed(look_at(services.engine, settings.data_dir)),
        pace=Pace(not_me.MOST, not_me.WINDOW, services.clock),
    )
    install(app)
    app.add_middleware(
        SessionMiddleware,
        secret_key=session_key(settings.data_dir),
        session_cookie="__Host-triage" if secure else "triage",
        max_age=int(settings.web.session.total_seconds()),
        same_site="lax",
        https_only=secure,
    )
    app.add_middleware(Unexpected)
    app.add_middleware(Guard, public_url=settings.web.public_url)
    return app
