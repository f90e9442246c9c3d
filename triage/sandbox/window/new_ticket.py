"""A form to write a ticket of one's own, as somebody of the company, and watch what becomes of it."""

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from triage.sandbox.servicenow.choices import CHOICES
from triage.sandbox.servicenow.play import person, put_in
from triage.sandbox.window.frame import company_of, page

_LIMITS = {"caller_id": 200, "contact_type": 20, "short_description": 160, "description": 8000}


async def show(request: Request) -> Response:
    """Show the empty form."""
    return _form(request, {"contact_type": "self-service"}, {})


async def take(request: Request) -> Response:
    """Open the ticket and go to it, or show the form again with what is wrong.

    Raises:
        HTTPException: 403 when another site sent the form.
    """
    if not _from_own_page(request):
        raise HTTPException(403, "This form is taken from the sandbox's own page only.")
    filled = _filled(await request.form())
    if wrong := _mistakes(request, filled):
        return _form(request, filled, wrong, status=422)
    played = put_in(company_of(request).instance, filled)
    return RedirectResponse(f"/tickets/{played.number}", 303)


def _from_own_page(request: Request) -> bool:
    # The window's pages send no referrer, and a browser then says `Origin: null` for a form of theirs too.
    if request.headers.get("sec-fetch-site") == "same-origin":
        return True
    own = str(request.base_url).rstrip("/")
    return request.headers.get("origin", own) == own


def _filled(form: FormData) -> dict[str, str]:
    return {name: str(form.get(name, "")).strip()[:limit] for name, limit in _LIMITS.items()}


def _mistakes(request: Request, filled: dict[str, str]) -> dict[str, str]:
    wrong = {}
    if not person(company_of(request).instance, filled["caller_id"]):
        wrong["caller_id"] = "Nobody, or more than one, goes by this. Give a mail address from the list."
    if not (filled["short_description"] or filled["description"]):
        wrong["short_description"] = "Write in a few words what is wrong or wanted."
    if filled["contact_type"] not in CHOICES["incident", "contact_type"]:
        wrong["contact_type"] = "Choose one of the list."
    return wrong


def _form(request: Request, filled: dict[str, str], wrong: dict[str, str], status: int = 200) -> Response:
    people = company_of(request).instance.tables["sys_user"].values()
    facts = {
        "filled": dict.fromkeys(_LIMITS, "") | filled,
        "wrong": wrong,
        "limits": _LIMITS,
        "channels": CHOICES["incident", "contact_type"],
        "people": sorted((p["name"], p["email"]) for p in people if p["email"]),
    }
    return page(request, "new_ticket.html", facts, status)
