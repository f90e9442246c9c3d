"""The first page: the company in figures, what changed last, and the tickets that moved last."""

from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.window.changes import steps
from triage.sandbox.window.frame import company_of, page
from triage.sandbox.window.tickets import tickets

_LATEST = 12


async def show(request: Request) -> Response:
    """Show the company at a glance."""
    company = company_of(request)
    every = tickets(company.instance)
    changes = company.tenant.changes
    effects = [change for change in changes if change.area in {"directory", "onprem"}]
    figures = {
        "waiting": sum(ticket.tone in {"new", "busy", "wait"} for ticket in every),
        "done": sum(ticket.tone == "done" for ticket in every),
        "effects": len(effects),
        "mails": len(company.tenant.outbox),
    }
    moved = sorted(every, key=lambda ticket: (ticket.updated, ticket.number), reverse=True)
    facts = {
        "figures": figures,
        "tickets": moved[:_LATEST],
        "steps": steps(company, reversed(changes[-_LATEST:])),
        "people": len(company.tenant.users),
        "groups": len(company.tenant.groups),
    }
    return page(request, "overview.html", facts)
