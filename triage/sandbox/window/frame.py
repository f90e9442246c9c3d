"""What every page of the window shares: the company it shows, the templates, slicing of long lists, times."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from triage.sandbox.servicenow.instance import Instance
from triage.sandbox.tenant import Tenant

HERE = Path(__file__).parent
T = TypeVar("T")
_PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class Company:
    """What the window looks at: the tenant and its ServiceNow instance."""

    tenant: Tenant
    instance: Instance


@dataclass(frozen=True, slots=True)
class Slice(Generic[T]):
    """One page of a long list; `page` counts from 1, `pages` is at least 1, `total` counts all items."""

    items: Sequence[T]
    page: int
    pages: int
    total: int


def company_of(request: Request) -> Company:
    """Return the company this window was opened on."""
    company: Company = request.app.state.company
    return company


def sliced(items: Sequence[T], request: Request) -> Slice[T]:
    """Return the page of the list that the address asks for by `?page=`, or the nearest there is."""
    pages = max(1, -(-len(items) // _PER_PAGE))
    asked = request.query_params.get("page", "1")
    page = min(pages, max(1, int(asked))) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1
    return Slice(items[(page - 1) * _PER_PAGE : page * _PER_PAGE], page, pages, len(items))


def wanted(request: Request, name: str) -> str:
    """Return a search word or filter of the address, "" when it is not there; at most 100 characters."""
    return request.query_params.get(name, "").strip()[:100]


def version_of(company: Company) -> str:
    """Return a text that differs whenever something in the company has changed."""
    tenant = company.tenant
    jobs = max((job.modified for job in tenant.jobs.values()), default=None)
    stamp = f"{jobs:%H%M%S%f}" if jobs else "0"
    return f"{len(tenant.changes)}.{len(tenant.outbox)}.{len(tenant.jobs)}.{stamp}"


def page(request: Request, template: str, facts: Mapping[str, object], status: int = 200) -> HTMLResponse:
    """Return a page: the template with these facts and what the frame around every page needs."""
    company = company_of(request)
    frame = {
        "company": company.tenant.display_name,
        "here": request.url.path,
        "now": company.tenant.clock(),
        "version": version_of(company),
        "zone": str(company.instance.time_zone),
    }
    environment: Environment = request.app.state.templates
    return HTMLResponse(environment.get_template(template).render(frame | dict(facts)), status)


def templates_for(company: Company) -> Environment:
    """Return the templates: everything is escaped, and an unknown name is an error instead of a gap."""
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    zone = company.instance.time_zone

    def local(at: datetime, form: str = "%d %b %Y, %H:%M:%S") -> str:
        return at.astimezone(zone).strftime(form)

    environment.filters["local"] = local
    return environment
