"""A storm of requests at a throttling service: nothing lost or doubled, no Retry-After trespassed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from actions.clients.rate import Rate
from tests.benchmarks.storm import LEAST, run
from triage.sandbox.throttle import Limits

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def rate() -> Rate:
    """A rate learnt from two refusals ten seconds apart, between which a hundred units were drawn."""
    found = Rate()
    found.refused(NOW, NOW + timedelta(seconds=1))
    found.sent(100, NOW + timedelta(seconds=5))
    found.refused(NOW + timedelta(seconds=10), NOW + timedelta(seconds=11))
    return found


def test_a_storm_drains_near_the_limit_without_a_request_inside_a_retry_after() -> None:
    seen = run(1_000, 100, Limits(share=0.05, speed=2))
    assert (seen.done, seen.changed, seen.trespasses) == (1_100, 100, 0)
    assert seen.refused
    assert seen.ratio >= LEAST


def test_refused_writes_leave_the_reads_alone() -> None:
    seen = run(50, 150, Limits(share=0.03, speed=2))
    assert (seen.done, seen.changed, seen.trespasses) == (200, 150, 0)


def test_nothing_is_spaced_before_a_second_refusal() -> None:
    fresh = Rate()
    fresh.sent(1, NOW)
    assert fresh.next_at is None
    fresh.refused(NOW, NOW + timedelta(seconds=1))
    fresh.sent(1, NOW + timedelta(seconds=1))
    assert fresh.next_at == NOW + timedelta(seconds=1)


def test_a_lone_probe_that_is_refused_tells_no_rate() -> None:
    fresh = Rate()
    for seconds in (0, 20, 40):
        at = NOW + timedelta(seconds=seconds)
        fresh.sent(1, at)
        fresh.refused(at, at + timedelta(seconds=20))
    assert fresh.per_second == 0


def test_what_flowed_in_between_two_refusals_is_the_rate(rate: Rate) -> None:
    assert rate.per_second == pytest.approx(9.7)
    start = NOW + timedelta(seconds=11)
    rate.sent(1, start)
    assert rate.next_at is not None
    assert (rate.next_at - start).total_seconds() == pytest.approx(1 / 9.8, rel=0.01)


def test_refusals_of_one_wave_count_once(rate: Rate) -> None:
    learnt = rate.per_second
    rate.refused(NOW + timedelta(seconds=10.2), NOW + timedelta(seconds=11.2))
    assert rate.per_second == learnt


def test_after_a_long_calm_a_refusal_only_takes_a_little_back(rate: Rate) -> None:
    later = NOW + timedelta(hours=1)
    rate.sent(3, later)
    rate.refused(later, later + timedelta(seconds=1))
    assert rate.per_second > 9.7
