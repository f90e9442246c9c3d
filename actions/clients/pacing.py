"""How long to wait: Retry-After, full jitter, and the time, sleep and chance they rest on. No I/O."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

PATIENCE = timedelta(seconds=2)
"""Waits up to this long in total are spent in place; longer ones become `Throttled` and a row with a time."""

_BASE = timedelta(milliseconds=200)
_MOST = timedelta(hours=24)


@dataclass(frozen=True)
class Pacing:
    """Time, sleep and chance, passed in so that tests own them.

    Attributes:
        clock: the present instant (aware, UTC).
        sleep: waits that many seconds.
        chance: a random number, 0 <= x < 1.
    """

    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    chance: Callable[[], float] = random.random


def retry_after(header: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After header (RFC 9110: seconds or a date); `None` when absent or meaningless.

    Never negative; more than a day is taken for a day.
    """
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdecimal():
        return min(timedelta(seconds=min(int(text[:9]), _MOST.total_seconds())), _MOST)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(aware - now, timedelta()), _MOST)


def backoff(attempt: int, chance: float) -> timedelta:
    """Return the wait before attempt `attempt + 1` (0 is the first): full jitter over 200 ms times 2^attempt.

    Full jitter keeps many clients that failed together from coming back together.
    """
    return _BASE * chance * float(1 << attempt)
