"""The make-believe Azure Resource Manager: Automation jobs, their output and streams, hybrid workers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from triage.sandbox import tokens
from triage.sandbox.arm_jobs import job_json, new_job, runbook_json, stream_json, worker_json
from triage.sandbox.arm_limits import ArmError, Visit, charged
from triage.sandbox.bodies import MalformedError, json_object
from triage.sandbox.records import AppRegistration, Job, Json
from triage.sandbox.registrations import ARM
from triage.sandbox.runbooks.shelf import TWINS
from triage.sandbox.tenant import Tenant, new_id, stable_id
from triage.sandbox.throttle import Throttle
from triage.sandbox.tokens import InvalidTokenError, Issuer
from triage.sandbox.worker import Pool, advance, stop, workers_of

API_VERSIONS = {"2024-10-23", "2023-11-01"}
RESOURCE_GROUP = "rg-automation"
ACCOUNT = "aa-triage"
_ACCOUNT_PATH = (
    "/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Automation"
    "/automationAccounts/{account}"
)
# Which built-in role allows what (contracts, Automation section 8); Reader sees single workers.
_ROLES = {
    "jobs/write": {"Automation Job Operator", "Automation Operator", "Automation Contributor"},
    "jobs/read": {"Automation Job Operator", "Automation Operator", "Automation Contributor", "Reader"},
    "runbooks/read": {
        *("Automation Runbook Operator", "Automation Operator", "Automation Contributor", "Reader"),
    },
    "hybridRunbookWorkerGroups/read": {"Automation Job Operator", "Automation Contributor", "Reader"},
    "hybridRunbookWorkers/read": {"Automation Contributor", "Reader"},
}
Handler = Callable[[Tenant, Request, AppRegistration, Json], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Site:
    """What every endpoint works on."""

    issuer: Issuer
    pool: Pool
    throttle: Throttle


def subscription_id(tenant: Tenant) -> str:
    """Return the subscription the tenant's Automation account is in."""
    return stable_id(tenant.id, "subscription")


def app_for(issuer: Issuer, pool: Pool, throttle: Throttle) -> Starlette:
    """Return the ASGI app; every request lets the workers go one step, so a passed clock decides all."""

    def route(path: str, handler: Handler, action: str, method: str = "GET") -> Route:
        endpoint = _endpoint(_Site(issuer, pool, throttle), handler, action)
        return Route(_ACCOUNT_PATH + path, endpoint, methods=[method])

    return Starlette(
        routes=[
            route("/jobs/{job}", _create_job, "jobs/write", "PUT"),
            route("/jobs", _list_jobs, "jobs/read"),
            route("/jobs/{job}", _get_job, "jobs/read"),
            route("/jobs/{job}/output", _get_output, "jobs/read"),
            route("/jobs/{job}/streams", _list_streams, "jobs/read"),
            route("/jobs/{job}/streams/{stream}", _get_stream, "jobs/read"),
            route("/jobs/{job}/stop", _stop_job, "jobs/write", "POST"),
            route("/runbooks/{runbook}", _get_runbook, "runbooks/read"),
            route("/hybridRunbookWorkerGroups", _list_groups, "hybridRunbookWorkerGroups/read"),
            route(
                "/hybridRunbookWorkerGroups/{pool}/hybridRunbookWorkers",
                _list_workers,
                "hybridRunbookWorkers/read",
            ),
        ]
    )


def _endpoint(site: _Site, handler: Handler, action: str) -> Endpoint:
    tenant = site.issuer.tenant

    async def endpoint(request: Request) -> Response:
        headers: dict[str, str] = {}
        try:
            app = _caller(site.issuer, request, action)
            headers = charged(site.throttle, tenant, app.principal_id, Visit(request.method, action))
            _check_place(tenant, request)
            advance(tenant, site.pool)
            response = handler(tenant, request, app, json_object(await request.body()))
        except (ArmError, MalformedError) as problem:
            error = problem if isinstance(problem, ArmError) else ArmError(400, "BadRequest", str(problem))
            body = {"error": {"code": error.code, "message": str(error)}}
            response = JSONResponse(body, error.status, headers=error.headers)
        response.headers.update(headers)
        response.headers["x-ms-request-id"] = new_id(tenant, "arm-request")
        return response

    return endpoint


def _caller(issuer: Issuer, request: Request, action: str) -> AppRegistration:
    try:
        claims = tokens.checked(issuer, request.headers.get("authorization"), ARM)
    except InvalidTokenError as error:
        raise ArmError(401, "InvalidAuthenticationToken", str(error)) from None
    app = issuer.tenant.apps[claims["appid"]]
    if not app.azure_roles & _ROLES[action]:
        message = (
            f"The client '{app.client_id}' with object id '{app.principal_id}' does not have authorization to"
            f" perform action 'Microsoft.Automation/automationAccounts/{action}'."
        )
        raise ArmError(403, "AuthorizationFailed", message)
    return app


def _check_place(tenant: Tenant, request: Request) -> None:
    version, names = request.query_params.get("api-version"), request.path_params
    if version is None:
        message = "The api-version query parameter (?api-version=) is required for all requests."
        raise ArmError(400, "MissingApiVersionParameter", message)
    if version not in API_VERSIONS:
        raise ArmError(400, "InvalidApiVersionParameter", f"The api-version '{version[:20]}' is invalid.")
    if names["subscription"].lower() != subscription_id(tenant):
        raise ArmError(404, "SubscriptionNotFound", f"The subscription '{names['subscription']}' is unknown.")
    if names["group"].lower() != RESOURCE_GROUP:
        raise ArmError(404, "ResourceGroupNotFound", f"Resource group '{names['group']}' could not be found.")
    if names["account"].lower() != ACCOUNT:
        raise ArmError(404, "ResourceNotFound", f"The account '{names['account']}' was not found.")


def _create_job(tenant: Tenant, request: Request, app: AppRegistration, body: Json) -> Response:
    job = new_job(tenant, request.path_params["job"], body, app.display_name)
    return JSONResponse(job_json(_account_id(tenant), job), 201)


def _list_jobs(tenant: Tenant, _request: Request, _app: AppRegistration, _body: Json) -> Response:
    return JSONResponse({"value": [job_json(_account_id(tenant), job) for job in tenant.jobs.values()]})


def _get_job(tenant: Tenant, request: Request, _app: AppRegistration, _body: Json) -> Response:
    return JSONResponse(job_json(_account_id(tenant), _job(tenant, request)))


def _get_output(tenant: Tenant, request: Request, _app: AppRegistration, _body: Json) -> Response:
    lines = [s.text for s in _job(tenant, request).streams if s.type == "Output"]
    return PlainTextResponse("\n".join(lines))


def _list_streams(tenant: Tenant, request: Request, _app: AppRegistration, _body: Json) -> Response:
    job = _job(tenant, request)
    return JSONResponse({"value": [stream_json(_account_id(tenant), job, s) for s in job.streams]})


def _get_stream(tenant: Tenant, request: Request, _app: AppRegistration, _body: Json) -> Response:
    job, wanted = _job(tenant, request), request.path_params["stream"]
    found = next((s for s in job.streams if s.id == wanted), None)
    if found is None:
        raise ArmError(404, "NotFound", f"Job stream {wanted} does not exist.")
    shown = stream_json(_account_id(tenant), job, found)
    shown["properties"] |= {"streamText": found.text, "value": {}}
    return JSONResponse(shown)


def _stop_job(tenant: Tenant, request: Request, _app: AppRegistration, _body: Json) -> Response:
    stop(tenant, _job(tenant, request))
    return Response(status_code=200)


def _get_runbook(tenant: Tenant, request: Request, _app: AppRegistration, _body: Json) -> Response:
    name = request.path_params["runbook"]
    published = next((one for one in TWINS if one.lower() == name.lower()), None)
    if published is None:
        raise ArmError(404, "NotFound", f"The runbook {name} does not exist.")
    return JSONResponse(runbook_json(_account_id(tenant), published))


def _list_groups(tenant: Tenant, _request: Request, _app: AppRegistration, _body: Json) -> Response:
    names = sorted({worker.group for worker in tenant.workers})
    groups = [{"name": n, "properties": {"groupType": "User", "credential": {"name": None}}} for n in names]
    return JSONResponse({"value": groups})


def _list_workers(tenant: Tenant, request: Request, _app: AppRegistration, _body: Json) -> Response:
    workers = workers_of(tenant, request.path_params["pool"])
    if not workers:
        raise ArmError(404, "NotFound", f"Hybrid worker group {request.path_params['pool']} does not exist.")
    return JSONResponse({"value": [worker_json(worker) for worker in workers]})


def _job(tenant: Tenant, request: Request) -> Job:
    job = tenant.jobs.get(request.path_params["job"].lower())
    if job is None:
        raise ArmError(404, "NotFound", f"Job {request.path_params['job']} does not exist.")
    return job


def _account_id(tenant: Tenant) -> str:
    return _ACCOUNT_PATH.format(subscription=subscription_id(tenant), group=RESOURCE_GROUP, account=ACCOUNT)
