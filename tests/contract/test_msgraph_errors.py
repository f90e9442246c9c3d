"""Microsoft's own client of Graph gets typed errors, batches and throttling as from the real service."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.user import User
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem

from tests.contract.asking import asking
from tests.contract.conftest import Made
from triage.sandbox.faults import Rule, arm
from triage.sandbox.records import Json
from triage.sandbox.server import Sandbox

CLIENT = "msgraph-sdk"
NOBODY = "00000000-0000-0000-0000-000000000000"


@pytest.fixture(autouse=True)
def _no_faults_left(sandbox: Sandbox) -> Iterator[None]:
    yield
    sandbox.apps.faults.armed.clear()


async def refused(call: Any) -> ODataError:
    with pytest.raises(ODataError) as caught:
        await call
    return caught.value


async def test_nobody_is_a_404(graph: Any) -> None:
    error = await refused(graph.users.by_user_id(NOBODY).get())
    assert error.response_status_code == 404
    assert error.error is not None
    assert error.error.code == "Request_ResourceNotFound"
    assert error.error.inner_error is not None
    assert error.error.inner_error.request_id


async def test_without_consent_everything_is_a_403(graph_of: Made) -> None:
    error = await refused(graph_of("script").users.get())
    assert error.response_status_code == 403
    assert error.error is not None
    assert error.error.code == "Authorization_RequestDenied"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"filter": "department ne 'IT'"}, "Request_UnsupportedQuery"),
        ({"search": '"displayName:anna"'}, "Request_UnsupportedQuery"),
        ({"filter": "colour eq 'red'"}, "Request_BadRequest"),
        ({"select": ["colour"]}, "Request_BadRequest"),
    ],
)
async def test_a_wrong_question_is_a_400(graph: Any, options: dict[str, Any], code: str) -> None:
    error = await refused(graph.users.get(asking(graph.users, options)))
    assert error.response_status_code == 400
    assert error.error is not None
    assert error.error.code == code


async def test_a_synced_person_cannot_be_changed_here(graph: Any, sandbox: Sandbox) -> None:
    synced = next(u for u in sandbox.apps.tenant.users.values() if u["onPremisesSyncEnabled"])
    error = await refused(graph.users.by_user_id(synced["id"]).patch(User(department="Stores")))
    assert error.response_status_code == 400


async def test_throttling_is_a_429_that_tells_when_to_come_back(graph: Any, sandbox: Sandbox) -> None:
    body = '{"error": {"code": "TooManyRequests", "message": "Too many requests."}}'
    headers = {"Retry-After": "7"}
    arm(sandbox.apps.faults, [Rule(app="graph", effect="answer", status=429, headers=headers, body=body)])
    error = await refused(graph.users.get())
    assert error.response_status_code == 429
    assert error.response_headers["retry-after"] == "7"
    assert error.error is not None
    assert error.error.code == "TooManyRequests"


async def test_a_batch_answers_each_part(graph: Any, fresh: Callable[[], Json]) -> None:
    person = fresh()
    content = BatchRequestContent()
    for number, key in enumerate((person["id"], NOBODY)):
        request = graph.users.by_user_id(key).to_get_request_information()
        item = BatchRequestItem(request)
        item.id = str(number)
        content.add_request(item.id, item)
    answers = await graph.batch.post(batch_request_content=content)
    assert answers.get_response_status_codes() == {"0": 200, "1": 404}
