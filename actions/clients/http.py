"""One way to call a service: gate, bounded retries, token renewal, circuit breaker and our own errors."""

from __future__ import annotations

import asyncio
import base64
import logging
import re
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import httpx

from actions.clients.bearer import TokenSource
from actions.clients.call import Answer, Call
from actions.clients.gate import Gate
from actions.clients.judge import Trouble, judge, lost, never_sent, throttled
from actions.clients.pacing import PATIENCE, Pacing, backoff
from actions.clients.rate import Rate
from actions.clients.service import Service
from actions.clients.translate import request_id
from actions.errors import Throttled, Unreachable

_log = logging.getLogger(__name__)

_TRIES = 4
_DEADLINE_SECONDS = 60.0
_STREAK = 5
_REST = timedelta(seconds=15)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NEVER_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
_CLAIMS = re.compile(r'claims="([A-Za-z0-9+/=_-]+)"')


@dataclass
class Load:
    """What all callers of one service share in this process: free slots, failures in a row, learnt rates."""

    slots: asyncio.Semaphore
    failures: int = 0
    rates: defaultdict[str, Rate] = field(default_factory=lambda: defaultdict(Rate))


@dataclass
class _Effort:
    """What one call has cost so far, and the token in use."""

    tries: int = 0
    waited: timedelta = timedelta()
    renewed: bool = False
    token: str = field(default="", repr=False)


@dataclass(frozen=True)
class Api:
    """A service as its client calls it.

    Attributes:
        request_id: sent with each request, so that our run is found in the other side's log; empty: a fresh
            one for each request.
        wrote: called after each write, whatever came of it.
    """

    service: Service
    http: httpx.AsyncClient
    tokens: TokenSource
    gate: Gate
    pacing: Pacing
    load: Load
    request_id: str = ""
    wrote: Callable[[], None] = field(default=lambda: None, repr=False)

    def on_behalf_of(self, run_id: uuid.UUID) -> Api:
        """Return the same service with `run_id` as the id of its requests."""
        return replace(self, request_id=str(run_id))

    async def send(self, call: Call) -> Answer:
        """Send `call` and return the answer of success.

        Waits of up to two seconds in total are spent here. A call that is not repeatable is sent again only
        where the service surely has not acted on it (never sent, 401, 403, 429).

        Raises:
            Throttled: the service, or the gate all share, asks to come back at `retry_at`.
            Unreachable: no usable answer; asking again does no harm.
            OutcomeUnknown: a write that must not be repeated blindly was sent and not answered.
            Refused, Conflict, NotFound, Forbidden: the service said no.
            WriteInPlan: a write through a read-only world.
        """
        effort = _Effort()
        while True:
            await self._pass_gate(call, effort)
            effort.token = effort.token or await self.tokens.token(self.service.scope)
            async with self.load.slots:
                if await self._closed_until(call) > self.pacing.clock():
                    continue  # while we waited for token and slot
                outcome = await self._attempt(call, effort)
                if call.writes:
                    self.wrote()
            await self._break_circuit(outcome)
            if isinstance(outcome, Answer):
                return outcome
            await self._prepare_again(call, outcome, effort)

    async def _attempt(self, call: Call, effort: _Effort) -> Answer | Trouble:
        effort.tries += 1
        for key in self.service.gates(call):
            self.load.rates[key].sent(call.units, self.pacing.clock())
        request = self._request(call, effort.token)
        try:
            async with asyncio.timeout(_DEADLINE_SECONDS):
                response = await self.http.send(request)
        except _NEVER_SENT as error:
            return never_sent(self.service, call, _cause(error))
        except (httpx.TransportError, httpx.DecodingError, TimeoutError) as error:
            return lost(self.service, call, type(error).__name__)
        ids = (request.headers[self.service.request_id_header], request_id(response))
        _log.debug(
            "%s %s: %d (ours %s, theirs %s)", self.service.key, call.subject, response.status_code, *ids
        )
        return judge(self.service, call, response, effort.token, self.pacing.clock())

    def _request(self, call: Call, token: str) -> httpx.Request:
        headers = {
            "Accept": "application/json",
            "Authorization": f"Bearer {token}",
            self.service.request_id_header: self.request_id or str(uuid.uuid4()),
            "return-client-request-id": "true",
            **call.headers,
        }
        return self.http.build_request(
            call.method,
            self.service.address(call),
            params=call.params or None,
            json=call.json,
            headers=headers,
        )

    async def _pass_gate(self, call: Call, effort: _Effort) -> None:
        while (wait := (until := await self._closed_until(call)) - self.pacing.clock()) > timedelta():
            if effort.waited + wait >= PATIENCE:
                raise throttled(self.service, call, until)
            await self._wait(wait, effort)

    async def _closed_until(self, call: Call) -> datetime:
        """Return before when `call` must not be sent, by a gate or by what is granted; it may be past."""
        keys = self.service.gates(call)
        spaced = [self.load.rates[key].next_at for key in keys]
        times = [one for one in (await self.gate.wait_until(*keys), *spaced) if one is not None]
        return max(times, default=_LONG_AGO)

    async def _prepare_again(self, call: Call, trouble: Trouble, effort: _Effort) -> None:
        """Return when the call may be sent again; raise its error when not."""
        if trouble.renew and await self._renew(trouble, effort):
            return
        if trouble.wait:
            gate = self.service.gate(call, writes=trouble.writes)
            await self.close(gate, trouble.wait, throttled=isinstance(trouble.error, Throttled))
        if not trouble.again or effort.tries >= _TRIES:
            raise trouble.error
        if not trouble.wait:
            wait = backoff(effort.tries, self.pacing.chance())
            if effort.waited + wait >= PATIENCE:
                raise trouble.error
            await self._wait(wait, effort)

    async def close(self, gate: str, wait: timedelta, *, throttled: bool) -> None:
        """Let nobody pass a gate for that long; where that was a 429, learn from it what is granted."""
        now = self.pacing.clock()
        if throttled:
            self.load.rates[gate].refused(now, now + wait)
        await self.gate.close(gate, now + wait)

    async def _renew(self, trouble: Trouble, effort: _Effort) -> bool:
        """Get a new token, once a call; tell whether it differs, so that another try is worth it."""
        if effort.renewed:
            return False
        effort.renewed, used = True, effort.token
        claims = _claims(trouble.challenge)
        if not claims:
            await self.tokens.forget(self.service.scope)
        effort.token = await self.tokens.token(self.service.scope, claims=claims)
        return effort.token != used

    async def _break_circuit(self, outcome: Answer | Trouble) -> None:
        """After several failures in a row leave the service alone for a while; one success ends that."""
        failed = isinstance(outcome, Trouble) and isinstance(outcome.error, Unreachable)
        self.load.failures = self.load.failures + 1 if failed else 0
        if self.load.failures >= _STREAK:
            await self.gate.close(self.service.key, self.pacing.clock() + _REST)

    async def _wait(self, wait: timedelta, effort: _Effort) -> None:
        effort.waited += wait
        await self.pacing.sleep(wait.total_seconds())


def _cause(error: Exception) -> str:
    """Name a failure to connect; of its text only the one thing an administrator can mend."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not trusted; name its authority in TRIAGE_CA_FILE"
    return type(error).__name__


def _claims(challenge: str) -> str:
    """Return the claims challenge of a 401 (entra-auth.md section 6: base64 in the header), or nothing."""
    found = _CLAIMS.search(challenge)
    if found is None:
        return ""
    try:
        return base64.b64decode(found[1] + "==").decode()
    except ValueError:
        return ""
