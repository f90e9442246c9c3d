"""Several reads in one round trip; each part has its own success or error (graph.md section 2.3)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import httpx

from actions.clients.call import Answer, Call, Json
from actions.clients.http import Api
from actions.clients.judge import Trouble, judge, lost
from actions.clients.pacing import PATIENCE, backoff
from actions.errors import OutsideError

LIMIT = 20
_ROUNDS = 3


async def batch(api: Api, calls: Sequence[Call]) -> list[Answer | OutsideError]:
    """Send GETs, 20 a request, and return an answer or an error for each, in the order given.

    Parts that are throttled or failed for a moment are sent again, and only these. An error of the batch as
    a whole becomes the error of each of its parts.

    Raises:
        ValueError: a call is not a GET.
    """
    if any(call.method != "GET" for call in calls):
        raise ValueError("only GETs are batched")
    chunks = [calls[at : at + LIMIT] for at in range(0, len(calls), LIMIT)]
    results = await asyncio.gather(*(_chunk(api, chunk) for chunk in chunks))
    return [one for chunk in results for one in chunk]


async def _chunk(api: Api, calls: Sequence[Call]) -> list[Answer | OutsideError]:
    done: dict[int, Answer | Trouble] = {}
    for attempt in range(_ROUNDS):
        open_parts = {at: call for at, call in enumerate(calls) if _open(done.get(at))}
        if not open_parts or (attempt and not await _pause(api, list(done.values()), attempt)):
            break
        try:
            done |= await _round(api, open_parts)
        except OutsideError as error:
            done |= {at: Trouble(error) for at in open_parts}
    return [one if isinstance(one, Answer) else one.error for _, one in sorted(done.items())]


def _open(outcome: Answer | Trouble | None) -> bool:
    return outcome is None or (isinstance(outcome, Trouble) and outcome.again)


async def _pause(api: Api, outcomes: list[Answer | Trouble], attempt: int) -> bool:
    """Wait as long as the parts ask; tell whether that is short enough to go on here."""
    asked = [one.wait for one in outcomes if isinstance(one, Trouble) and one.again and one.wait]
    wait = max(asked, default=backoff(attempt, api.pacing.chance()))
    if asked:
        await api.close(api.service.key, wait, throttled=True)
    if wait >= PATIENCE:
        return False
    await api.pacing.sleep(wait.total_seconds())
    return True


async def _round(api: Api, calls: dict[int, Call]) -> dict[int, Answer | Trouble]:
    requests = [_part(at, call) for at, call in calls.items()]
    call = Call(
        method="POST", path="/$batch", json={"requests": requests}, repeatable=True, units=len(requests)
    )
    answer = await api.send(call)
    answers = {str(one.get("id")): one for one in answer.object.get("responses", []) if isinstance(one, dict)}
    token = await api.tokens.token(api.service.scope)
    return {at: _judged(api, call, answers.get(str(at)), token) for at, call in calls.items()}


def _part(at: int, call: Call) -> Json:
    url = str(httpx.URL(call.path, params=dict(call.params) or None))
    headers = {"headers": dict(call.headers)} if call.headers else {}
    return {"id": str(at), "method": "GET", "url": url} | headers


def _judged(api: Api, call: Call, part: Json | None, token: str) -> Answer | Trouble:
    if part is None or not isinstance(part.get("status"), int):
        return lost(api.service, call, "the batch has no answer for it")
    body: Any = part.get("body")
    headers = {str(name): str(value) for name, value in (part.get("headers") or {}).items()}
    kept = {name: value for name, value in headers.items() if name.lower() not in _OF_THE_BODY}
    response = httpx.Response(part["status"], headers=kept, json=body)
    return judge(api.service, call, response, token, api.pacing.clock())


_OF_THE_BODY = {"content-length", "content-encoding", "content-type", "transfer-encoding"}
