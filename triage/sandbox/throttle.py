"""The sandbox's throttle: token buckets with the documented limits, scaled down so storms take seconds."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict, Field

_DEEPEST = 0.8
"""How far below zero a bucket goes, as a share of it: Graph reports use from 0.8 to 1.8 of the limit."""


class Limits(BaseModel):
    """How hard the sandbox throttles; the limits themselves are Microsoft's and ServiceNow's own.

    Attributes:
        share: what part of each documented amount there is (0.1: a tenth of the resource units).
        speed: how many times faster windows pass (10: a window of 10 seconds lasts one).
        mailbox_seconds: how long a request to a mailbox takes, so that four at once can be reached.
        requests_per_hour: ServiceNow's rule for the integration user, which each instance sets itself.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    share: float = Field(default=1.0, gt=0, le=1)
    speed: float = Field(default=1.0, ge=1, le=3600)
    mailbox_seconds: float = Field(default=0.1, ge=0, le=60)
    requests_per_hour: int = Field(default=10_000, ge=1)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A documented limit: `amount` units a `window` of seconds; `whole` ones fill up only at its end."""

    key: str
    amount: float
    window: float
    reason: str = ""
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Draw:
    """What a draw came to: `wait` is the Retry-After in seconds of a refusal, None when it was let through.

    `bucket` is the fullest of those drawn from, `used` how far it is used (1.0 is the limit), `left` how many
    whole units it still holds and `reset` when it will be full again.
    """

    bucket: Bucket
    used: float
    left: int
    reset: datetime
    wait: int | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """A 429 that was given: when, for which bucket, and until when to stay away."""

    at: datetime
    key: str
    until: datetime


@dataclass(slots=True)
class _Level:
    left: float
    at: datetime


@dataclass(slots=True)
class Throttle:
    """The buckets' state; `limits` None lets everything through. `spent` counts the units let through.

    `busy` counts the requests under way in each mailbox.
    """

    limits: Limits | None = None
    levels: dict[str, _Level] = field(default_factory=dict)
    busy: Counter[str] = field(default_factory=Counter)
    spent: Counter[str] = field(default_factory=Counter)
    refusals: list[Refusal] = field(default_factory=list)


def scaled(bucket: Bucket, limits: Limits) -> Bucket:
    """Return the bucket as these limits scale it; it always holds at least one unit."""
    amount = max(1.0, bucket.amount * limits.share)
    return Bucket(bucket.key, amount, bucket.window / limits.speed, bucket.reason, bucket.whole)


def draw(throttle: Throttle, costs: Sequence[tuple[Bucket, float]], now: datetime) -> Draw | None:
    """Take the cost of one request from each of its buckets; None when nothing is throttled here.

    It passes if every bucket holds its cost. A request that is refused counts all the same (contracts, Graph
    section 2.2), so whoever does not wait prolongs it.
    """
    limits = throttle.limits
    if limits is None or not costs:
        return None
    drawn = [(scaled(bucket, limits), cost) for bucket, cost in costs]
    # What costs more than a whole bucket may pass when it is full.
    held = True
    for bucket, cost in drawn:
        level = _filled(throttle, bucket, now)
        held &= level.left >= min(cost, bucket.amount)
        level.left = max(level.left - cost, -_DEEPEST * bucket.amount)
    fullest = max((bucket for bucket, _ in drawn), key=lambda one: _used(throttle, one))
    if not held:
        levels = throttle.levels
        seconds = max(_wait(one, levels[one.key], min(cost, one.amount), now) for one, cost in drawn)
        wait = max(1, math.ceil(seconds))
        throttle.refusals.append(Refusal(now, fullest.key, now + timedelta(seconds=wait)))
        return _told(throttle, fullest, now, wait)
    for bucket, cost in drawn:
        throttle.spent[bucket.key] += math.ceil(cost)
    return _told(throttle, fullest, now, None)


def _filled(throttle: Throttle, bucket: Bucket, now: datetime) -> _Level:
    """Return the level of the bucket with what has flowed in since it was last looked at."""
    level = throttle.levels.setdefault(bucket.key, _Level(bucket.amount, now))
    passed = (now - level.at).total_seconds()
    if bucket.whole and passed < bucket.window:
        return level
    level.left = min(bucket.amount, level.left + max(passed, 0.0) * bucket.amount / bucket.window)
    level.at = now
    return level


def _wait(bucket: Bucket, level: _Level, cost: float, now: datetime) -> float:
    """Return in how many seconds the bucket will hold this cost; 0 when it does."""
    if level.left >= cost:
        return 0.0
    if bucket.whole:
        return bucket.window - (now - level.at).total_seconds()
    return (cost - level.left) * bucket.window / bucket.amount


def _used(throttle: Throttle, bucket: Bucket) -> float:
    return 1.0 - throttle.levels[bucket.key].left / bucket.amount


def _told(throttle: Throttle, bucket: Bucket, now: datetime, wait: int | None) -> Draw:
    level = throttle.levels[bucket.key]
    full = _wait(bucket, level, bucket.amount, now)
    left = max(0, math.floor(level.left))
    return Draw(bucket, _used(throttle, bucket), left, now + timedelta(seconds=full), wait)
