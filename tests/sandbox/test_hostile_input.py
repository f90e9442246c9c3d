"""No body, however odd, makes an API of the sandbox fail: it is refused in the API's own words."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import httpx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from triage.sandbox.apps import Apps, apps, service_token
from triage.sandbox.arm import ACCOUNT, RESOURCE_GROUP, subscription_id
from triage.sandbox.graph.operations import OPERATIONS
from triage.sandbox.in_process import InProcess
from triage.sandbox.registrations import ARM, GRAPH, VAULT

WORLD = json.loads((Path(__file__).parents[2] / "training/data/companies/harborline.json").read_text())
WORDS = (
    *(
        "addLicenses",
        "removeLicenses",
        "skuId",
        "disabledPlans",
        "message",
        "body",
        "content",
        "toRecipients",
    ),
    *(
        "emailAddress",
        "address",
        "groupIds",
        "@odata.id",
        "members@odata.bind",
        "passwordProfile",
        "password",
    ),
    *(
        "accountEnabled",
        "otherMails",
        "internetMessageHeaders",
        "properties",
        "runbook",
        "name",
        "parameters",
    ),
    *("runOn", "value", "attributes", "exp", "nbf", "enabled", "tags", "contentType", "requests", "id"),
    *("method", "url", "headers", "dependsOn", "subject", "jobTitle"),
)
LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(WORDS)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=6) | VALUES


@cache
def company() -> Apps:
    """One company for all examples: what they do to it only adds variety."""
    return apps(WORLD, lambda: datetime(2026, 11, 23, 9, 0, tzinfo=UTC))


def statuses(made: Apps, audience: str, calls: list[tuple[str, str]], body: Any) -> set[int]:
    """Send the body to each (method, address) and return the statuses that came."""

    async def send() -> set[int]:
        headers = {"Authorization": f"Bearer {service_token(made, audience)}"}
        async with httpx.AsyncClient(transport=InProcess(made), headers=headers) as client:
            return {(await client.request(method, url, json=body)).status_code for method, url in calls}

    return asyncio.run(send())


@given(BODIES)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_graph_never_fails_on_a_body(body: Any) -> None:
    made = company()
    made.tenant.apps[next(iter(made.tenant.apps))].granted[GRAPH] |= {"User.ReadWrite.All"}
    group = next(g for g in made.tenant.groups.values() if g.properties["displayName"] == "SG-Adobe-CC")
    someone = next(iter(made.tenant.users))
    keys = defaultdict(lambda: "1", user=someone, group=group.properties["id"], member=someone)
    base = "https://graph.sandbox.invalid/v1.0"
    calls = [(o.method, base + o.path.format_map(keys)) for o in OPERATIONS if o.method != "GET"]
    assert max(statuses(made, GRAPH, [*calls, ("POST", f"{base}/$batch")], body)) < 500


@given(st.text(max_size=20), st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2))
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_a_batch_never_fails_on_an_address_or_header(url: str, headers: dict[str, str]) -> None:
    body = {"requests": [{"id": "1", "method": "GET", "url": url, "headers": headers}]}
    base = "https://graph.sandbox.invalid/v1.0"
    assert max(statuses(company(), GRAPH, [("POST", f"{base}/$batch")], body)) < 500


@given(BODIES)
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow])
def test_automation_and_vault_never_fail_on_a_body(body: Any) -> None:
    made = company()
    account = (
        f"https://arm.sandbox.invalid/subscriptions/{subscription_id(made.tenant)}/resourceGroups/{RESOURCE_GROUP}"
        f"/providers/Microsoft.Automation/automationAccounts/{ACCOUNT}"
    )
    job = f"{account}/jobs/00000000-0000-4000-8000-000000000001?api-version=2024-10-23"
    secret = "https://vault.sandbox.invalid/secrets/app"
    assert max(statuses(made, ARM, [("PUT", job), ("GET", job), ("GET", job)], body)) < 500
    made.tenant.vault.secrets.clear()
    statuses(made, VAULT, [("PUT", f"{secret}?api-version=7.6")], {"value": "v"})
    calls = [("PUT", f"{secret}?api-version=7.6"), ("PATCH", f"{secret}/?api-version=7.6")]
    assert max(statuses(made, VAULT, calls, body)) < 500
