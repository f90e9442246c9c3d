"""When people work, by the clock of their office, and when nothing changes."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from triage.domain.hours import Freeze, WorkingHours
from triage.domain.site import Site

TUESDAY = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def site(**more: object) -> Site:
    told = {"organization": "H", "domains": ["h.example"], "tenant_id": "t", "time_zone": "Europe/Berlin"}
    return Site.model_validate({**told, **more})


def test_a_site_without_hours_has_no_off_hours() -> None:
    assert not site().is_off_hours(TUESDAY.replace(hour=2), "Hamburg")


@pytest.mark.parametrize(
    ("now", "off"),
    [
        (TUESDAY, False),
        (TUESDAY.replace(hour=4, minute=59), True),  # 05:59 in Berlin
        (TUESDAY.replace(hour=5), False),
        (TUESDAY.replace(hour=19), True),  # 20:00
        (TUESDAY + timedelta(days=4), True),  # Saturday
    ],
)
def test_hours_are_those_of_the_clock_on_the_wall(now: datetime, *, off: bool) -> None:
    assert site(working_hours={}).is_off_hours(now, "Hamburg") is off


def test_an_office_may_have_a_clock_of_its_own_and_days_off() -> None:
    hours = {"zones": {"Singapore": "Asia/Singapore"}, "holidays": ["2026-11-25"]}
    told = site(working_hours=hours)
    assert told.is_off_hours(TUESDAY, "Singapore")
    assert not told.is_off_hours(TUESDAY, "Hamburg")
    assert not WorkingHours(holidays=frozenset({date(2026, 11, 24)})).at_work(TUESDAY, "", "UTC")


def test_a_freeze_holds_from_its_start_until_before_its_end() -> None:
    freeze = Freeze(start=TUESDAY, end=TUESDAY + HOUR)
    told = site(freezes=[freeze])
    moments = (TUESDAY - HOUR, TUESDAY, TUESDAY + HOUR / 2, TUESDAY + HOUR)
    assert [told.is_frozen(now) for now in moments] == [False, True, True, False]
