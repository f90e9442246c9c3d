"""Servers with their services, hybrid workers with their jobs, and the devices people carry."""

from starlette.requests import Request
from starlette.responses import Response

from triage.sandbox.window.frame import company_of, page

_JOBS_SHOWN = 30


async def show(request: Request) -> Response:
    """Show all machines; of the jobs the latest ones, without parameters and output."""
    tenant = company_of(request).tenant
    people = {user["userPrincipalName"]: user for user in tenant.users.values()}
    devices = [device | {"person": people.get(device["user"])} for device in tenant.world.get("devices", [])]
    jobs = sorted(tenant.jobs.values(), key=lambda job: job.created, reverse=True)
    facts = {
        "servers": sorted(tenant.servers.values(), key=lambda server: server.name),
        "workers": tenant.workers,
        "jobs": jobs[:_JOBS_SHOWN],
        "all_jobs": len(jobs),
        "devices": devices,
    }
    return page(request, "machines.html", facts)
