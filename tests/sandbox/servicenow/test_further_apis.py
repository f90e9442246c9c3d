"""Attachments, statistics and batches of the instance, with the shapes the documentation gives."""

from __future__ import annotations

import base64
import json

import httpx
import pytest

from tests.sandbox.servicenow.company import FREYA, Harborline
from triage.sandbox.servicenow.play import put_in


@pytest.fixture
def incident(company: Harborline) -> str:
    made = [
        put_in(company.instance, {"caller_id": FREYA, "short_description": text}) for text in ("VPN", "Mail")
    ]
    return made[0].sys_id


async def test_an_attachment_is_added_listed_and_removed(client: httpx.AsyncClient, incident: str) -> None:
    place = {"table_name": "incident", "table_sys_id": incident}
    headers = {"Content-Type": "text/plain"}
    made = await client.post(
        "/api/now/attachment/file",
        params=place | {"file_name": "log.txt"},
        content=b"42 errors",
        headers=headers,
    )
    sys_id = made.json()["result"]["sys_id"]
    listed = await client.get("/api/now/attachment", params=place)
    query = f"table_name=incident^table_sys_id={incident}"
    queried = await client.get("/api/now/attachment", params={"sysparm_query": query})
    assert (made.status_code, made.headers["location"].rpartition("/")[2]) == (201, sys_id)
    assert listed.json() == queried.json()
    assert listed.headers["x-total-count"] == "1"
    assert listed.json()["result"][0]["size_bytes"] == "9"
    assert (await client.get(f"/api/now/attachment/{sys_id}")).json()["result"]["file_name"] == "log.txt"
    assert (await client.get(f"/api/now/attachment/{sys_id}/file")).content == b"42 errors"
    assert (await client.delete(f"/api/now/attachment/{sys_id}")).status_code == 204
    assert (await client.get(f"/api/now/attachment/{sys_id}")).status_code == 404


async def test_nothing_is_attached_to_what_is_not_there(client: httpx.AsyncClient) -> None:
    place = {"table_name": "incident", "table_sys_id": "0" * 32, "file_name": "x"}
    assert (await client.post("/api/now/attachment/file", params=place, content=b"")).status_code == 404


async def test_records_are_counted_in_all_and_by_groups(client: httpx.AsyncClient, incident: str) -> None:
    await client.patch(f"/api/now/table/incident/{incident}", json={"state": "2"})
    params = {"sysparm_count": "true", "sysparm_query": "active=true"}
    whole = await client.get("/api/now/stats/incident", params=params)
    parts = await client.get("/api/now/stats/incident", params=params | {"sysparm_group_by": "state"})
    assert whole.json() == {"result": {"stats": {"count": "2"}}}
    assert sorted(parts.json()["result"], key=str) == sorted(
        [
            {"stats": {"count": "1"}, "groupby_fields": [{"field": "state", "value": "1"}]},
            {"stats": {"count": "1"}, "groupby_fields": [{"field": "state", "value": "2"}]},
        ],
        key=str,
    )


async def test_a_batch_serves_each_with_its_own_status(client: httpx.AsyncClient, incident: str) -> None:
    path = f"/api/now/table/incident/{incident}"
    body = base64.b64encode(json.dumps({"state": "2"}).encode()).decode()
    content = [{"name": "Content-Type", "value": "application/json"}]
    parts = [
        {"id": "1", "method": "PATCH", "url": path, "headers": content, "body": body},
        {"id": "2", "method": "GET", "url": f"{path}0", "exclude_response_headers": True},
        {"id": "3", "method": "GET", "url": "https://elsewhere.invalid/"},
    ]
    answer = await client.post("/api/now/v1/batch", json={"batch_request_id": "b", "rest_requests": parts})
    first, second = answer.json()["serviced_requests"]
    assert json.loads(base64.b64decode(first["body"]))["result"]["state"] == "2"
    assert (first["status_code"], second["status_code"], second["headers"]) == (200, 404, [])
    assert answer.json()["unserviced_requests"] == ["3"]


async def test_what_is_no_batch_is_refused(client: httpx.AsyncClient) -> None:
    assert (await client.post("/api/now/v1/batch", json={"requests": []})).status_code == 400
