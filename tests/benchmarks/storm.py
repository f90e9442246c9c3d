"""A storm of reads and writes against the sandbox's throttle: how much of the granted rate we use.

Time is make-believe: it moves when nobody has anything to do, and each request takes a while of it. So the
figures are the same on every machine, and minutes of waiting take seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import selectors
import sys
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from rich.console import Console

from actions.clients.gate import InMemoryGate
from actions.clients.pacing import Pacing
from actions.connect import Outside, connect
from actions.errors import Throttled
from tests.actions.stage import WORLD, ByHost, Time, entra_tokens, places, servicenow_tokens
from triage.sandbox.apps import Apps, apps
from triage.sandbox.throttle import Limits

READS, WRITES = 5_000, 500
LEAST = 0.9
"""The share of the granted rate that has to be used."""
LIMITS = Limits(share=0.1, speed=2)
"""A tenth of Graph's buckets, twice as fast: a hundred resource units and four writes a second."""
WORKERS, JOBS_EACH = 2, 4
_LATENCY = 0.05
_EPOCH = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class _Leap(selectors.SelectSelector):
    """Waits for nobody: make-believe time moves by as long as the loop would have slept."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        found = super().select(0)
        if not found and timeout:
            self.now += timeout
        return found


class LeapLoop(asyncio.SelectorEventLoop):
    """An event loop in make-believe time."""

    def __init__(self) -> None:
        self.leap = _Leap()
        super().__init__(self.leap)

    def time(self) -> float:
        """Return make-believe seconds since the loop was made."""
        return self.leap.now


class Wire(ByHost):
    """The way to the apps, on which each request is for a while; `at` holds when each was sent."""

    def __init__(self, apps_by_host: dict[str, Any], clock: Callable[[], datetime]) -> None:
        super().__init__(apps_by_host)
        self.clock, self.at = clock, list[tuple[datetime, bool]]()
        self.refused: list[tuple[datetime, datetime, bool]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Hand it over after half the latency, and back after the other half."""
        writes = request.method != "GET"
        if request.url.host == "graph.test":
            self.at.append((self.clock(), writes))
        await asyncio.sleep(_LATENCY / 2)
        answer = await super().handle_async_request(request)
        await asyncio.sleep(_LATENCY / 2)
        if answer.status_code == 429:
            only_writes = answer.headers.get("x-ms-throttle-information") == "WriteLimitExceeded"
            until = self.clock() + timedelta(seconds=int(answer.headers["Retry-After"]))
            self.refused.append((self.clock(), until, only_writes))
        return answer

    @property
    def trespasses(self) -> int:
        """Requests that were sent while a Retry-After, received before, was running."""
        return sum(
            start < at < until and (writes or not only_writes)
            for at, writes in self.at
            for start, until, only_writes in self.refused
        )


@dataclass(order=True)
class Job:
    """A job of the queue, due then; `number` keeps the order of equals."""

    due: datetime
    number: int
    do: Callable[[Outside], Awaitable[object]] = field(compare=False)


@dataclass
class Storm:
    """What came of it.

    Attributes:
        seconds: make-believe, from the first request to the last answer.
        ideal: what the modelled limits allow at best.
        done: jobs that ended well.
        changed: writes that took effect.
    """

    seconds: float
    ideal: float
    done: int
    changed: int
    requests: int
    refused: int
    trespasses: int

    @property
    def ratio(self) -> float:
        """How much of the granted rate was used; 1 is all of it."""
        return self.ideal / self.seconds


async def storm(reads: int, writes: int, limits: Limits) -> Storm:
    """Let two workers with a gate in common drain a queue of reads and writes."""
    loop = asyncio.get_running_loop()
    time = Time(_EPOCH)

    def clock() -> datetime:
        return _EPOCH + timedelta(seconds=loop.time())

    made = apps(WORLD, clock)
    made.throttle.limits = limits
    wire = Wire({f"{name}.test": getattr(made, name) for name in ("entra", "graph", "servicenow")}, clock)
    gate, queue = InMemoryGate(), _queue(made, reads, writes, clock())
    before = len(made.tenant.changes)
    outsides = [
        connect(
            places(made),
            tokens=entra_tokens(made, wire, time),
            servicenow_tokens=servicenow_tokens(made, wire, time),
            gate=gate,
            pacing=Pacing(clock),
            transport=wire,
        )
        for _ in range(WORKERS)
    ]
    started = loop.time()
    done = await asyncio.gather(*(_drain(queue, one, clock) for one in outsides for _ in range(JOBS_EACH)))
    return Storm(
        seconds=loop.time() - started,
        ideal=_ideal(made, reads, writes, limits),
        done=sum(done),
        changed=len(made.tenant.changes) - before,
        requests=len(wire.at),
        refused=len(wire.refused),
        trespasses=wire.trespasses,
    )


def _queue(made: Apps, reads: int, writes: int, now: datetime) -> list[Job]:
    people = [user["id"] for user in made.tenant.users.values() if not user["onPremisesSyncEnabled"]]

    def read(number: int) -> Callable[[Outside], Awaitable[object]]:
        return lambda outside: outside.reading.graph.users.get(people[number % len(people)])

    def write(number: int) -> Callable[[Outside], Awaitable[object]]:
        changes = {"officeLocation": f"Room {number}"}
        person = people[number % len(people)]
        return lambda outside: outside.writing(uuid.uuid4()).graph.users.update(person, changes)

    every = max(1, reads // max(1, writes))
    jobs = [Job(now, number, read(number)) for number in range(reads)]
    jobs += [Job(now, every * number, write(number)) for number in range(writes)]
    heapq.heapify(jobs)
    return jobs


async def _drain(queue: list[Job], outside: Outside, clock: Callable[[], datetime]) -> int:
    """Take jobs that are due until there are none; one that is told to wait goes back with its time."""
    done = 0
    while queue:
        job = heapq.heappop(queue)
        if (wait := (job.due - clock()).total_seconds()) > 0:
            heapq.heappush(queue, job)
            await asyncio.sleep(min(wait, 1.0))
            continue
        try:
            await job.do(outside)
        except Throttled as asked:
            heapq.heappush(queue, Job(asked.retry_at, job.number, job.do))
        else:
            done += 1
    return done


def _ideal(made: Apps, reads: int, writes: int, limits: Limits) -> float:
    """Return the seconds that the modelled limits need at least: each bucket begins full (graph.md 2.2)."""
    people = len(made.tenant.users)
    units = 3_500 if people < 50 else 5_000 if people <= 500 else 8_000
    buckets = ((units, 10, reads + writes), (3_000, 150, writes))
    return max(
        (cost - amount * limits.share) / (amount * limits.share) * window / limits.speed
        for amount, window, cost in buckets
    )


def run(reads: int, writes: int, limits: Limits = LIMITS) -> Storm:
    """Play a storm in make-believe time."""
    with asyncio.Runner(loop_factory=LeapLoop) as runner:
        return runner.run(storm(reads, writes, limits))


def main() -> int:
    """Print one line a figure; leave with 1 when the storm was not weathered."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--reads", type=int, default=READS)
    parser.add_argument("--writes", type=int, default=WRITES)
    asked = parser.parse_args()
    seen = run(asked.reads, asked.writes)
    out = Console(highlight=False)
    good = (
        seen.ratio >= LEAST
        and not seen.trespasses
        and (seen.done, seen.changed) == (asked.reads + asked.writes, asked.writes)
    )
    out.print(f"jobs done               {seen.done} of {asked.reads + asked.writes}")
    out.print(f"writes that took effect {seen.changed} of {asked.writes}")
    out.print(f"requests, refused       {seen.requests}, {seen.refused}")
    out.print(f"inside a Retry-After    {seen.trespasses}")
    out.print(f"seconds, at best        {seen.seconds:.1f}, {seen.ideal:.1f} (make-believe)")
    out.print(f"share of the limit      {seen.ratio:.3f} (at least {LEAST})")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
