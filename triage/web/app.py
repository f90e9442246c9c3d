"""The web application: health, API and pages over the running service."""

from __future__ import annotations

from fastapi import FastAPI

from triage.web.health import router as health
from triage.workflow.services import Services


def web_app(services: Services) -> FastAPI:
    """Return the ASGI app; routes find the service in `request.app.state.services`."""
    app = FastAPI(title="Ticket triage", docs_url=None, redoc_url=None, openapi_url="/api/v1/openapi.json")
    app.state.services = services
    app.include_router(health)
    return app
