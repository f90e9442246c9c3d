"""Mailbox settings as Exchange keeps them: what may be set, by whom there is a mailbox, what the log says."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from triage.sandbox.apps import Apps
from triage.sandbox.records import Json

UTC_DAY = {"dateTime": "2026-12-01T00:00:00", "timeZone": "UTC"}


def setting(**values: object) -> Json:
    return {"automaticRepliesSetting": values}


async def test_what_is_not_named_stays(graph: httpx.AsyncClient, person: Callable[..., Json]) -> None:
    path = f"/users/{person()['id']}/mailboxSettings"
    before = (await graph.get(path)).json()["automaticRepliesSetting"]
    await graph.patch(path, json=setting(status="alwaysEnabled"))
    after = (await graph.get(path)).json()["automaticRepliesSetting"]
    assert after == before | {"status": "alwaysEnabled"}


async def test_a_text_becomes_html_and_stays_out_of_the_log(
    company: Apps, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    path = f"/users/{person()['id']}/mailboxSettings"
    await graph.patch(path, json=setting(internalReplyMessage="On leave"))
    shown = (await graph.get(path)).json()["automaticRepliesSetting"]["internalReplyMessage"]
    assert shown.startswith("<html>")
    assert "On leave" not in repr(company.tenant.changes)


@pytest.mark.parametrize(
    "values",
    [
        {"status": "sometimes"},
        {"scheduledEndDateTime": UTC_DAY | {"dateTime": "soon"}},
        {"scheduledStartDateTime": UTC_DAY, "scheduledEndDateTime": UTC_DAY},
    ],
)
async def test_nonsense_is_a_bad_request_and_changes_nothing(
    values: Json, graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    path = f"/users/{person()['id']}/mailboxSettings"
    before = (await graph.get(path)).json()
    assert (await graph.patch(path, json=setting(**values))).status_code == 400
    assert (await graph.get(path)).json() == before


async def test_without_a_licence_there_is_no_mailbox(
    graph: httpx.AsyncClient, person: Callable[..., Json]
) -> None:
    user = person()
    user["assignedLicenses"].clear()
    answer = await graph.get(f"/users/{user['id']}/mailboxSettings")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "MailboxNotEnabledForRESTAPI")
