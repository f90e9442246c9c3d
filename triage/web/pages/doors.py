"""Coming in and going out: `/sign-in`, `/sign-in/start`, `/sign-in/back`, `/sign-out`."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import RedirectResponse, Response

from triage.web import session
from triage.web.front import front_of
from triage.web.pages.render import render

router = APIRouter()

Back = Annotated[str, Query(max_length=500)]


@router.get("/sign-in")
async def sign_in(request: Request, back: Back = "/") -> Response:
    """Say what this is, and offer the way to Entra."""
    return render(request, "sign_in.html", {"back": session.local(back)})


@router.get("/sign-in/start")
async def start(request: Request, back: Back = "/") -> Response:
    """Send the browser to Entra."""
    flow = await front_of(request).sign_in.start()
    session.keep_flow(request, flow, session.local(back))
    return RedirectResponse(flow["auth_uri"], HTTPStatus.SEE_OTHER)


@router.get("/sign-in/back")
async def back(request: Request) -> Response:
    """Take the browser back from Entra and open the session."""
    front = front_of(request)
    flow, page = session.take_flow(request)
    signed = await front.sign_in.finish(flow, request.query_params)
    until = front.services.clock() + front.services.settings.web.session
    session.sign_in(request, signed.caller, at=signed.at, until=until)
    page = session.local(page)
    if page == "/" and not signed.caller.roles:
        page = "/asks"
    return RedirectResponse(page, HTTPStatus.SEE_OTHER)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    """End the session of this browser."""
    session.sign_out(request)
    return RedirectResponse("/sign-in", HTTPStatus.SEE_OTHER)
