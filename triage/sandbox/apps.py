"""All sandbox APIs as ASGI apps over one tenant: what the server serves and what replay calls in process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.types import ASGIApp

from triage.clock import Clock
from triage.sandbox import arm, control, entra, keyvault, servicenow, sign_in, verified_id, window
from triage.sandbox.dated import dated
from triage.sandbox.faults import Drop, Faults, cut_in_process, faulty
from triage.sandbox.founding import found
from triage.sandbox.graph.app import core_for
from triage.sandbox.graph.batch import with_batch
from triage.sandbox.records import Json
from triage.sandbox.registrations import credentials
from triage.sandbox.sign_in.app import PATH
from triage.sandbox.tenant import Tenant
from triage.sandbox.throttle import Throttle
from triage.sandbox.tokens import Issuer, app_token, new_issuer
from triage.sandbox.worker import Pool

SIGN_IN = "/sign-in"


@dataclass(frozen=True, slots=True)
class Apps:
    """The make-believe company and its APIs; `browser` holds what a person opens (sign-in page, window).

    `issuer`, `workers`, `faults` and `throttle` may be turned while it runs: token lifetime, pace of the
    hybrid workers, requests that go wrong, limits. `instance` is the state of ServiceNow.
    """

    tenant: Tenant
    issuer: Issuer
    workers: Pool
    faults: Faults
    throttle: Throttle
    instance: servicenow.Instance
    wallet: verified_id.Wallet
    entra: ASGIApp
    graph: ASGIApp
    arm: ASGIApp
    vault: ASGIApp
    servicenow: ASGIApp
    browser: ASGIApp


@dataclass(frozen=True, slots=True)
class Places:
    """Where the apps will be reached, and how the connection of each API is cut (in process: an error)."""

    entra: str = "https://entra.sandbox.invalid"
    browser: str = "http://browser.sandbox.invalid"
    drops: Mapping[str, Drop] = field(default_factory=dict)


def apps(world: Json, clock: Clock, places: Places = Places()) -> Apps:
    """Found the company of this world and put its APIs over it; nothing is opened, read or started.

    The world is the JSON of a company (training/data/companies/); all time comes from the clock.
    """
    tenant = found(world, clock)
    issuer, workers, throttle = new_issuer(tenant, places.entra), Pool(), Throttle()
    instance, wallet = servicenow.found(tenant), verified_id.Wallet()
    faults = Faults(partial(servicenow.meddle, instance))

    def guarded(app: ASGIApp, name: str) -> ASGIApp:
        return dated(faulty(app, name, tenant, faults, places.drops.get(name, cut_in_process)), tenant)

    core = core_for(issuer, throttle)
    return Apps(
        tenant=tenant,
        issuer=issuer,
        workers=workers,
        faults=faults,
        throttle=throttle,
        instance=instance,
        wallet=wallet,
        entra=guarded(_authority(issuer, wallet, places), "entra"),
        # A part of a batch cannot cut the connection of the whole, so there the error stays in process.
        graph=guarded(with_batch(issuer, core, faulty(core, "graph", tenant, faults)), "graph"),
        arm=guarded(arm.app_for(issuer, workers, throttle), "arm"),
        vault=guarded(keyvault.app_for(issuer, throttle), "vault"),
        servicenow=guarded(servicenow.app_for(instance, throttle), "servicenow"),
        browser=dated(
            _browser(
                issuer,
                verified_id.pages_for(tenant, wallet),
                window.app_for(tenant, instance),
                control.door_for(faults, throttle, window.HOSTS),
            ),
            tenant,
        ),
    )


def service_token(made: Apps, audience: str) -> str:
    """Return an access token of our service for this audience without asking over a wire, for replay.

    `audience` is `registrations.GRAPH`, `ARM` or `VAULT`.
    """
    service = made.tenant.apps[credentials(made.tenant, "service").client_id]
    return app_token(made.issuer, service, audience)


def _authority(issuer: Issuer, wallet: verified_id.Wallet, places: Places) -> Starlette:
    """Return Entra, with the Request Service of Verified ID below it."""
    request_service = verified_id.app_for(issuer, wallet, places.browser)
    authority = entra.app_for(issuer, f"{places.browser}{SIGN_IN}/{issuer.tenant.id}{PATH}")
    return Starlette(routes=[Mount(verified_id.PATH, request_service), Mount("/", authority)])


def _browser(issuer: Issuer, wallet: ASGIApp, pages: ASGIApp, door: ASGIApp) -> Starlette:
    return Starlette(
        routes=[
            Mount(SIGN_IN, sign_in.app_for(issuer)),
            Mount(verified_id.WALLET, wallet),
            Route(control.PATH, door),
            Mount("/", pages),
        ]
    )
