"""What an answer means for the caller: success, another try, or one of our errors. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import httpx

from actions.clients.call import Answer, Call
from actions.clients.pacing import retry_after
from actions.clients.service import Service
from actions.clients.translate import body_of, is_page, no_answer, refusal, request_id
from actions.errors import OutcomeUnknown, OutsideError, Throttled

_UNTOLD = timedelta(seconds=30)
"""How long to stay away after a 429 that does not say (identity protection never does)."""


@dataclass(frozen=True)
class Trouble:
    """An attempt that brought no success.

    Attributes:
        error: what to raise when there is no further try.
        again: whether the same call may be sent again.
        wait: how long the service asked to be left alone.
        renew: whether a new token may help.
        challenge: the `WWW-Authenticate` header that came with it.
        writes: that only further writes have to wait.
    """

    error: OutsideError
    again: bool = False
    wait: timedelta | None = None
    renew: bool = False
    challenge: str = ""
    writes: bool = False


def judge(
    service: Service, call: Call, response: httpx.Response, token: str, now: datetime
) -> Answer | Trouble:
    """Judge a complete response to `call`, sent with `token`, at `now` (aware, UTC)."""
    wait = retry_after(response.headers.get("retry-after"), now)
    status = response.status_code
    if status == 429:
        error = throttled(service, call, now + (wait or _UNTOLD))
        writes = response.headers.get("x-ms-throttle-information") == "WriteLimitExceeded"
        return Trouble(error, again=True, wait=wait or None, writes=writes)
    if status >= 500 or status in {408, 425}:
        return lost(service, call, f"HTTP {status}", response, wait or None)
    if status < 200 or status in range(300, 400):
        return lost(service, call, f"HTTP {status}, a redirection", response)
    if is_page(response):
        return _page(service, call, response)
    return _refused(service, call, response, token) if status >= 400 else _success(service, call, response)


def never_sent(service: Service, call: Call, cause: str) -> Trouble:
    """Judge a failure before anything left the machine: even a write may be tried again."""
    return Trouble(no_answer(service.name, call, cause), again=True)


def lost(
    service: Service,
    call: Call,
    cause: str,
    response: httpx.Response | None = None,
    wait: timedelta | None = None,
) -> Trouble:
    """Judge a request that was sent and not answered in a way that tells whether it took effect."""
    if call.safe_to_repeat:
        return Trouble(no_answer(service.name, call, cause, response), again=True, wait=wait)
    error = OutcomeUnknown(
        f"{service.name} was sent {call.subject}, and it is not known whether it took effect: {cause}.",
        hint="Look at the target itself before anybody does it again.",
        subject=call.subject,
        request_id=request_id(response) if response is not None else "",
    )
    return Trouble(error, wait=wait)


def _success(service: Service, call: Call, response: httpx.Response) -> Answer | Trouble:
    try:
        return Answer(response.status_code, body_of(response), response.headers)
    except ValueError:
        return lost(service, call, "it is not the JSON it claims to be", response)


def _refused(service: Service, call: Call, response: httpx.Response, token: str) -> Trouble:
    renew = response.status_code == 401 or (response.status_code == 403 and service.lacks(call, token))
    error = refusal(service.name, call, response, service.hint_403(call, token))
    return Trouble(error, renew=renew, challenge=response.headers.get("www-authenticate", ""))


def _page(service: Service, call: Call, response: httpx.Response) -> Trouble:
    cause = f"a web page came instead of data (HTTP {response.status_code}), as proxies and login pages do"
    if response.status_code >= 400:  # whoever wrote it, the request was turned away
        return Trouble(no_answer(service.name, call, cause, response), again=True)
    return lost(service, call, cause, response)


def throttled(service: Service, call: Call, until: datetime) -> Throttled:
    """Say that the service must be left alone until then."""
    return Throttled(
        f"{service.name} asks to wait until {until:%Y-%m-%d %H:%M:%S} UTC.",
        retry_at=until,
        hint="It goes on by itself at that time.",
        subject=call.subject,
    )
