"""Retry-After is read in both its forms, and jitter is full."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.clients.pacing import backoff, retry_after

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0),
        (" 17 ", 17),
        ("Tue, 24 Nov 2026 09:30:05 GMT", 5),
        ("Tue, 24 Nov 2026 10:30:05 +0100", 3605 - 3600),
        ("Tue, 24 Nov 2026 09:29:00 GMT", 0),
        ("999999999999", 86_400),
        ("Fri, 24 Nov 2090 09:30:05 GMT", 86_400),
    ],
)
def test_a_header_is_read_as_seconds_or_date(header: str, seconds: int) -> None:
    assert retry_after(header, NOW) == timedelta(seconds=seconds)


@pytest.mark.parametrize("header", [None, "", "soon", "-5", "1.5", "٣", "Tue, 99 Nov 2026 09:30:05 GMT"])
def test_a_header_without_meaning_counts_as_none(header: str | None) -> None:
    assert retry_after(header, NOW) is None


@given(st.text())
def test_any_header_is_survived(header: str) -> None:
    wait = retry_after(header, NOW)
    assert wait is None or timedelta() <= wait <= timedelta(days=1)


@given(st.integers(0, 10), st.floats(0, 1, exclude_max=True))
def test_a_wait_lies_between_nothing_and_the_doubled_base(attempt: int, chance: float) -> None:
    assert timedelta() <= backoff(attempt, chance) <= timedelta(milliseconds=200) * 2**attempt
