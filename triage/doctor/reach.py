"""Looks at the way to each service: name, port, TLS, an answer of its own kind, and whose clock is right."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import partial

import httpx

from actions.clients.translate import is_page
from triage.doctor.examine import Check
from triage.doctor.finding import Finding, fail, ok, skipped, warn
from triage.doctor.ground import Ground
from triage.settings import Settings

_NOTICED = timedelta(seconds=30)
_TOLERATED = timedelta(minutes=5)
"""Beyond this Entra refuses signed assertions and tokens look expired or not yet valid."""


@dataclass(frozen=True)
class Place:
    """A service: its name for people, what sets its address, and an address that answers without a token."""

    title: str
    variable: str
    address: Callable[[Settings], str]


def _entra(settings: Settings) -> str:
    entra = settings.entra
    base = entra.authority.rstrip("/")
    return f"{base}/{entra.tenant_id}/v2.0/.well-known/openid-configuration" if entra.tenant_id else ""


def _below(base: str, path: str) -> str:
    return f"{base.rstrip('/')}{path}" if base else ""


PLACES = {
    "entra": Place("Entra", "TRIAGE_ENTRA__AUTHORITY", _entra),
    "graph": Place(
        "Microsoft Graph",
        "TRIAGE_CLOUD__GRAPH_URL",
        lambda settings: _below(settings.cloud.graph_url, "/organization"),
    ),
    "azure": Place(
        "Azure",
        "TRIAGE_CLOUD__ARM_URL",
        lambda settings: _below(settings.cloud.arm_url, "/subscriptions?api-version=2022-12-01"),
    ),
    "key_vault": Place(
        "Key Vault",
        "TRIAGE_CLOUD__VAULT_URL",
        lambda settings: _below(settings.cloud.vault_url, "/secrets/doctor?api-version=7.6"),
    ),
    "servicenow": Place(
        "ServiceNow",
        "TRIAGE_SERVICENOW__URL",
        lambda settings: _below(settings.servicenow.url, "/api/now/table/sys_user?sysparm_limit=1"),
    ),
}


async def _reach(name: str, ground: Ground) -> Finding:
    place = PLACES[name]
    address = place.address(ground.settings)
    if not address:
        return skipped("No address is set.", f"Set {place.variable}.")
    try:
        response = await ground.http.get(address, headers={"Accept": "application/json"})
    except (httpx.InvalidURL, httpx.UnsupportedProtocol):
        return fail(f"{place.variable} is no address.", "It reads https://host.")
    except httpx.TransportError as error:
        return _no_way(place, httpx.URL(address).host, error)
    if name == "entra" and response.status_code in range(400, 500) and not is_page(response):
        return fail("Entra does not know the tenant.", "Check TRIAGE_ENTRA__TENANT_ID and the authority.")
    return _answered(place, response)


def _answered(place: Place, response: httpx.Response) -> Finding:
    if response.status_code >= 500:
        return fail(f"{place.title} answers with an error ({response.status_code}).", _wait(place))
    if is_page(response):
        return fail(
            f"A web page came instead of {place.title}: a proxy, a login page or a sleeping instance.",
            f"Check {place.variable}, proxies, and that the instance is awake.",
        )
    return ok(f"{place.title} answers at {response.url.host} over {response.http_version}.")


def _wait(place: Place) -> str:
    return f"Look at the health page of {place.title}, and try again."


def _no_way(place: Place, host: str, error: Exception) -> Finding:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return fail(
            f"The certificate of {host} is not trusted.",
            "Where a proxy of yours opens TLS, name its authority in TRIAGE_CA_FILE.",
        )
    return fail(
        f"{place.title} at {host} cannot be reached ({type(error).__name__}).",
        f"Check {place.variable}, name resolution, and that the firewall lets us out to port 443.",
    )


async def _clock(ground: Ground) -> Finding:
    """Compare our clock with the services': the median counts, so that a single wrong one does not."""
    found = await asyncio.gather(*(_offset(ground, place) for place in PLACES.values()))
    offsets = sorted(one for one in found if one is not None)
    if not offsets:
        return skipped("No service told the time.", "Mend the way to the services.")
    off = offsets[len(offsets) // 2]
    size, side = abs(off), "fast" if off > timedelta() else "slow"
    told = f"This machine's clock is {_seconds(size)} {side}, by {len(offsets)} services."
    hint = "Let it follow a time server (chrony, systemd-timesyncd, w32time)."
    if size > _TOLERATED:
        return fail(told, hint)
    return (
        warn(told, hint) if size > _NOTICED else ok(f"Right within {_seconds(_NOTICED)}, by {len(offsets)}.")
    )


def _seconds(span: timedelta) -> str:
    return f"{span.total_seconds():.0f} s"


async def _offset(ground: Ground, place: Place) -> timedelta | None:
    """Return by how much we are ahead; `None` when the service tells no time."""
    address = place.address(ground.settings)
    if not address:
        return None
    try:
        response = await ground.http.get(address)
    except (httpx.TransportError, httpx.InvalidURL):
        return None
    theirs = told_time(response.headers)
    return ground.clock() - theirs if theirs else None


def told_time(headers: httpx.Headers) -> datetime | None:
    """Return the time by the service's own clock, from its Date header (RFC 9110 section 6.6.1)."""
    try:
        moment = parsedate_to_datetime(headers["date"])
    except (KeyError, ValueError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


CHECKS = (*(Check(f"reach.{name}", partial(_reach, name)) for name in PLACES), Check("clock", _clock))
