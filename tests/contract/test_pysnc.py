"""ServiceNow's own Python client, unmodified and over real HTTPS, works with the make-believe instance."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from requests.adapters import HTTPAdapter

from tests.contract.proofs import proves
from tests.sandbox.servicenow.company import FREYA, world
from triage.sandbox import servicenow
from triage.sandbox.server import Sandbox, running
from triage.sandbox.servicenow.play import put_in
from triage.sandbox.throttle import Limits

pysnc = pytest.importorskip("pysnc")

CLIENT = "pysnc"
T = TypeVar("T")


@pytest.fixture
async def sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Sandbox]:
    """The sandbox with three incidents and one order."""
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # they would beat the authority a client is given
        monkeypatch.delenv(name, raising=False)
    async with running(world(), tmp_path) as made:
        for text in ("VPN is down", "Printer jam", "I forgot my password"):
            put_in(made.apps.instance, {"caller_id": FREYA, "short_description": text})
        put_in(made.apps.instance, {"caller_id": FREYA, "cat_item": "Visio", "variables": {"plan": "2"}})
        yield made


@contextmanager
def signed_in(sandbox: Sandbox, auth: Any = None) -> Iterator[Any]:
    """The client as its documentation shows it; our authority is the one thing added."""
    known = servicenow.credentials(sandbox.apps.tenant)
    made = pysnc.ServiceNowClient(
        sandbox.endpoints.servicenow,
        auth or (known.user_name, known.password),
        verify=str(sandbox.endpoints.ca_file),
    )
    try:
        yield made
    finally:
        made.session.close()


async def with_client(sandbox: Sandbox, work: Callable[[Any], T]) -> T:
    """Do the work with a client in a thread of its own: pysnc blocks, and the sandbox shares our loop."""

    def whole() -> T:
        with signed_in(sandbox) as client:
            return work(client)

    return await asyncio.to_thread(whole)


@proves("tables.query", "tables.page")
async def test_it_finds_and_reads_incidents(sandbox: Sandbox) -> None:
    def work(client: Any) -> list[tuple[str, str, str]]:
        record = client.GlideRecord("incident", batch_size=2)
        record.add_active_query()
        record.add_query("caller_id.email", FREYA)
        record.add_query("state", "IN", "1,2").add_or_condition("short_description", "LIKE", "vpn")
        record.order_by("number")
        record.query()
        assert record.get_row_count() == 3
        return [
            (r.number.get_value(), r.state.get_display_value(), r.caller_id.get_display_value())
            for r in record
        ]

    found = await with_client(sandbox, work)
    assert found == [(f"INC001000{n}", "New", "Freya Ramos") for n in (1, 2, 3)]


async def test_it_walks_along_references(sandbox: Sandbox) -> None:
    fields = ["request_item.number", "sc_item_option.item_option_new.name", "sc_item_option.value"]

    def work(client: Any) -> list[str]:
        record = client.GlideRecord("sc_item_option_mtom")
        record.fields = list(fields)
        record.query()
        record.next()
        return [record.get_value(field) for field in fields]

    assert await with_client(sandbox, work) == ["RITM0010001", "plan", "2"]


@proves("tables.get", "tables.insert", "tables.patch")
async def test_it_opens_updates_and_resolves(sandbox: Sandbox) -> None:
    def work(client: Any) -> tuple[str, str, str]:
        record = client.GlideRecord("incident")
        record.initialize()
        record.short_description = "Opened by a client"
        sys_id = record.insert()
        record = client.GlideRecord("incident")
        assert record.get(str(sys_id))
        record.work_notes = "Looked at it."
        record.state, record.close_code, record.close_notes = "6", "Solution provided", "Done."
        assert record.update()
        notes = client.GlideRecord("sys_journal_field")
        notes.add_query("element_id", str(sys_id))
        notes.query()
        notes.next()
        return record.get_display_value("state"), notes.get_value("value"), notes.get_value("sys_created_by")

    assert await with_client(sandbox, work) == ("Resolved", "Looked at it.", "triage.integration")


async def test_it_gets_its_own_errors(sandbox: Sandbox) -> None:
    def work(client: Any) -> None:
        record = client.GlideRecord("incident")
        assert record.get("number", "INC0010001")
        record.state = "6"
        with pytest.raises(pysnc.exceptions.RoleException, match="mandatory fields are not filled in"):
            record.update()
        with pytest.raises(pysnc.exceptions.RoleException, match="Delete Failed"):
            record.delete()
        assert client.GlideRecord("incident").get("0" * 32) is False

    await with_client(sandbox, work)


async def test_wrong_credentials_are_told_as_such(sandbox: Sandbox) -> None:
    def whole() -> None:
        with signed_in(sandbox, ("triage.integration", "guess")) as client:
            client.GlideRecord("incident").query()

    with pytest.raises(pysnc.exceptions.AuthenticationException, match="User Not Authenticated"):
        await asyncio.to_thread(whole)


async def test_it_is_told_to_come_back_later(sandbox: Sandbox) -> None:
    sandbox.apps.throttle.limits = Limits(requests_per_hour=1)

    def work(client: Any) -> Any:
        client.session.mount(
            sandbox.endpoints.servicenow, HTTPAdapter()
        )  # or it would wait an hour by itself
        client.GlideRecord("incident").query()
        with pytest.raises(pysnc.exceptions.RequestException) as caught:
            client.GlideRecord("incident").query()
        return client.session.get(f"{sandbox.endpoints.servicenow}/api/now/table/incident"), caught.value

    answer, refusal = await with_client(sandbox, work)
    assert "Rate limit exceeded" in str(refusal)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1
    assert answer.headers["X-RateLimit-Limit"] == "1"


@proves("tokens.servicenow")
async def test_client_credentials_sign_in(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    # Its flow asks for the token without the `verify` it was given (pysnc 1.2.1).
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(sandbox.endpoints.ca_file))
    known = servicenow.credentials(sandbox.apps.tenant)
    flow = pysnc.auth.ServiceNowClientCredentialsFlow(known.client_id, known.client_secret)

    def whole() -> int:
        with signed_in(sandbox, flow) as client:
            record = client.GlideRecord("incident")
            record.query()
            return int(record.get_row_count())

    assert await asyncio.to_thread(whole) == 3


async def test_it_attaches_a_file_and_reads_it_back(sandbox: Sandbox) -> None:
    def work(client: Any) -> tuple[list[str], bytes]:
        record = client.GlideRecord("incident")
        assert record.get("number", "INC0010001")
        record.add_attachment("log.txt", b"42 errors", content_type="text/plain")
        found = list(record.get_attachments())
        return [str(one.file_name) for one in found], found[0].read()

    assert await with_client(sandbox, work) == (["log.txt"], b"42 errors")


async def test_it_updates_several_records_in_a_batch(sandbox: Sandbox) -> None:
    def work(client: Any) -> None:
        record = client.GlideRecord("incident")
        record.add_active_query()
        record.query()
        for one in record:
            one.state = "2"
        assert record.update_multiple()

    await with_client(sandbox, work)
    states = [row["state"] for row in sandbox.apps.instance.tables["incident"].values()]
    assert states == ["2", "2", "2"]
