"""The transport: what is repeated, what is waited for, and what ends in which of our errors."""

from __future__ import annotations

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from actions.clients.call import Call
from actions.clients.http import Api
from actions.errors import (
    Conflict,
    Forbidden,
    NotFound,
    OutcomeUnknown,
    OutsideError,
    Refused,
    Throttled,
    Unreachable,
)
from tests.actions.clients.bench import BASE, Bench, Tokens, bench

GET = Call(method="GET", path="/users", permission="User.Read.All")
ONCE = Call(method="PATCH", path="/users/1", json={"passwordProfile": {"password": "canary-1"}})
SAFE = Call(method="PATCH", path="/users/1", json={"jobTitle": "canary-1"}, repeatable=True)
OK = httpx.Response(200, json={"value": []})
PAGE = httpx.Response(200, html="<html>Sign in</html>")


@pytest.fixture
def at() -> Bench:
    return bench()


def answers(at: Bench, *steps: httpx.Response | type[Exception]) -> None:
    at.router.route().side_effect = list(steps)


async def ended(api: Api, call: Call) -> OutsideError | None:
    try:
        await api.send(call)
    except OutsideError as error:
        return error
    return None


async def test_an_answer_comes_back_parsed(at: Bench) -> None:
    answers(at, OK)
    answer = await at.api().send(GET)
    assert (answer.status, answer.object) == (200, {"value": []})


async def test_an_empty_success_has_no_body(at: Bench) -> None:
    answers(at, httpx.Response(204))
    assert (await at.api().send(SAFE)).body is None


@pytest.mark.parametrize("first", [httpx.Response(500), httpx.Response(504), PAGE, httpx.ReadTimeout])
async def test_a_read_is_repeated_after_a_failure(at: Bench, first: httpx.Response) -> None:
    answers(at, first, OK)
    await at.api().send(GET)
    assert at.router.calls.call_count == 2


async def test_waits_between_tries_grow_and_are_jittered(at: Bench) -> None:
    answers(at, *[httpx.Response(503)] * 3, OK)
    await at.api().send(GET)
    assert at.time.slept == pytest.approx([0.2, 0.4, 0.8])
    at.time.slept.clear()
    at.chance = 0.0
    answers(at, httpx.Response(503), OK)
    await at.api().send(GET)
    assert at.time.slept == [0.0]


async def test_tries_are_bounded(at: Bench) -> None:
    answers(at, *[httpx.Response(500)] * 9)
    assert isinstance(await ended(at.api(), GET), Unreachable)
    assert at.router.calls.call_count == 4


@pytest.mark.parametrize(
    "failure",
    [httpx.Response(500), httpx.Response(504), PAGE, httpx.ReadTimeout, httpx.RemoteProtocolError],
)
async def test_a_write_that_may_have_happened_is_not_repeated(at: Bench, failure: httpx.Response) -> None:
    answers(at, failure, OK)
    assert isinstance(await ended(at.api(), ONCE), OutcomeUnknown)
    assert at.router.calls.call_count == 1


async def test_a_write_declared_repeatable_is_repeated(at: Bench) -> None:
    answers(at, httpx.ReadTimeout, httpx.Response(204))
    await at.api().send(SAFE)
    assert at.router.calls.call_count == 2


@pytest.mark.parametrize("failure", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_a_write_that_never_left_is_repeated(at: Bench, failure: type[Exception]) -> None:
    answers(at, failure, httpx.Response(204))
    await at.api().send(ONCE)
    assert at.router.calls.call_count == 2


async def test_a_write_that_never_left_and_never_can_is_no_unknown_outcome(at: Bench) -> None:
    answers(at, *[httpx.ConnectError] * 9)
    assert isinstance(await ended(at.api(), ONCE), Unreachable)


async def test_a_throttled_write_is_repeated_after_the_time_told(at: Bench) -> None:
    answers(at, httpx.Response(429, headers={"Retry-After": "1"}), httpx.Response(204))
    await at.api().send(ONCE)
    assert at.time.slept == [1.0]


async def test_a_short_retry_after_is_waited_for_to_the_second(at: Bench) -> None:
    later = (at.time.now + timedelta(seconds=1)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    answers(at, httpx.Response(503, headers={"Retry-After": later}), OK)
    await at.api().send(GET)
    assert at.time.now == datetime(2026, 11, 24, 9, 30, 16, tzinfo=UTC)


async def test_a_long_retry_after_is_told_and_closes_the_gate_for_all(at: Bench) -> None:
    answers(at, httpx.Response(429, headers={"Retry-After": "30"}), OK)
    due = at.time.now + timedelta(seconds=30)
    first, second = await ended(at.api(), GET), await ended(at.api(), ONCE)
    assert isinstance(first, Throttled)
    assert isinstance(second, Throttled)
    assert (first.retry_at, second.retry_at) == (due, due)
    assert at.router.calls.call_count == 1
    at.time.now = due
    await at.api().send(GET)


async def test_waits_in_place_stay_under_two_seconds_in_total(at: Bench) -> None:
    answers(at, *[httpx.Response(429, headers={"Retry-After": "1"})] * 9)
    assert isinstance(await ended(at.api(), GET), Throttled)
    assert sum(at.time.slept) < 2


async def test_a_429_without_a_time_backs_off_and_then_stays_away(at: Bench) -> None:
    answers(at, *[httpx.Response(429)] * 9)
    error = await ended(at.api(), GET)
    assert isinstance(error, Throttled)
    assert error.retry_at > at.time.now


async def test_a_bucket_that_is_closed_leaves_the_rest_of_the_service_open(at: Bench) -> None:
    mail = Call(method="POST", path="/users/1/sendMail", bucket="mail")
    answers(at, httpx.Response(429, headers={"Retry-After": "30"}), OK)
    assert isinstance(await ended(at.api(), mail), Throttled)
    await at.api().send(GET)


async def test_a_service_that_fails_time_after_time_is_left_alone_for_a_while(at: Bench) -> None:
    answers(at, *[httpx.Response(500)] * 5, OK)
    api = at.api()
    assert isinstance(await ended(api, GET), Unreachable)
    assert isinstance(await ended(api, GET), Throttled)
    assert at.router.calls.call_count == 5
    at.time.now += timedelta(seconds=15)
    await api.send(GET)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, Refused), (404, NotFound), (409, Conflict), (412, Conflict), (403, Forbidden), (401, Forbidden)],
)
async def test_each_refusal_has_its_error_with_code_and_request_id(
    at: Bench, status: int, kind: type[OutsideError]
) -> None:
    body = {"error": {"code": "Request_BadRequest", "message": "canary-2"}}
    answers(at, *[httpx.Response(status, json=body, headers={"request-id": "r-1"})] * 2)
    error = await ended(at.api(), SAFE)
    assert type(error) is kind
    assert (error.code, error.request_id, error.subject) == ("Request_BadRequest", "r-1", "PATCH /users/1")
    assert error.hint


@pytest.mark.parametrize(
    "body",
    [
        {"code": "NotFound", "message": "m"},
        {"error": {"code": "NotFound", "message": "m"}},
        {"error": "NotFound", "error_description": "m"},
    ],
)
async def test_the_code_is_found_in_each_shape_of_error(at: Bench, body: dict[str, object]) -> None:
    answers(at, httpx.Response(404, json=body))
    error = await ended(at.api(), GET)
    assert error is not None
    assert error.code == "NotFound"


async def test_no_word_of_an_answer_or_a_body_gets_into_an_error_or_the_log(
    at: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG", logger="actions")
    body = {"error": {"code": "canary-3 is not a code", "message": "canary-2"}}
    answers(at, httpx.Response(400, json=body))
    error = await ended(at.api(Tokens(["canary-4"])), ONCE)
    assert error is not None
    assert "canary" not in f"{error!r} {vars(error)} {caplog.text} {ONCE!r}"


async def test_a_proxys_403_page_is_no_missing_permission(at: Bench) -> None:
    answers(at, *[httpx.Response(403, html="<html>Blocked</html>")] * 9)
    assert isinstance(await ended(at.api(), ONCE), Unreachable)


async def test_a_redirection_is_not_followed(at: Bench) -> None:
    answers(at, *[httpx.Response(302, headers={"Location": "https://login.test/"})] * 9)
    assert isinstance(await ended(at.api(), GET), Unreachable)


async def test_broken_json_counts_as_no_answer(at: Bench) -> None:
    answers(at, *[httpx.Response(200, content=b"{", headers={"Content-Type": "application/json"})] * 9)
    assert isinstance(await ended(at.api(), GET), Unreachable)


async def test_a_link_to_another_host_is_never_followed(at: Bench) -> None:
    error = await ended(at.api(), Call(method="GET", path="https://elsewhere.test/v1.0/users"))
    assert isinstance(error, Refused)
    assert at.router.calls.call_count == 0


async def test_a_link_of_the_same_service_is_followed_as_it_is(at: Bench) -> None:
    answers(at, OK)
    await at.api().send(Call(method="GET", path=f"{BASE}/users?$skiptoken=a%2Fb"))
    assert at.router.calls.last.request.url.raw_path == b"/v1.0/users?$skiptoken=a%2Fb"


async def test_the_run_goes_out_with_each_request(at: Bench) -> None:
    answers(at, OK, OK, OK)
    run = uuid.UUID(int=9)
    await at.api().on_behalf_of(run).send(GET)
    assert at.router.calls.last.request.headers["client-request-id"] == str(run)
    await at.api().send(GET)
    assert uuid.UUID(at.router.calls.last.request.headers["client-request-id"]) != run


async def test_no_more_requests_than_the_cap_are_under_way_at_once(at: Bench) -> None:
    under_way, most = 0, 0

    async def slow(_request: httpx.Request) -> httpx.Response:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1
        return OK

    at.router.route().side_effect = slow
    api = at.api()
    await asyncio.gather(*(api.send(GET) for _ in range(40)))
    assert most == api.service.concurrency
