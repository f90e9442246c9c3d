"""Polling: every change once, whatever happens between two polls and within one second."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random

import pytest

from actions.errors import OutsideError
from tests.intake.book import Book
from tests.intake.instance import ELENA, KARIN, Desk
from triage.intake.servicenow import read_ticket
from triage.sandbox.servicenow.play import Played

OVERLAP = timedelta(seconds=120)


async def test_a_ticket_is_taken_in_once_however_often_is_polled(book: Book, desk: Desk) -> None:
    desk.open()

    read = [await book.poll() for _ in range(3)]

    assert read == [1, 0, 0]
    assert book.new.total() == 1


async def test_tickets_of_one_second_are_all_taken_in_across_pages(book: Book, desk: Desk) -> None:
    for number in range(230):
        desk.open(short_description=f"Licence {number}")

    await book.poll()

    assert book.new.total() == 230


async def test_a_page_of_tickets_that_are_hidden_from_us_hides_none_behind_it(book: Book, desk: Desk) -> None:
    for _ in range(150):
        desk.instance.hidden.add(desk.open().sys_id)
    desk.time.move(1)
    desk.open()

    await book.poll()

    assert book.new.total() == 1


async def test_a_ticket_written_in_the_second_of_the_last_poll_is_not_lost(book: Book, desk: Desk) -> None:
    desk.open()
    await book.poll()
    desk.open(short_description="Another one, still in that second")

    await book.poll()

    assert book.new.total() == 2


async def test_a_row_that_is_committed_late_is_found_inside_the_overlap(book: Book, desk: Desk) -> None:
    desk.time.move(300)
    desk.open()
    await book.poll()
    late = desk.open(short_description="Committed late")
    desk.row(late)["sys_updated_on"] = (desk.time.now - timedelta(seconds=90)).strftime("%Y-%m-%d %H:%M:%S")

    await book.poll()

    assert book.new.total() == 2


async def test_a_row_committed_late_is_found_also_after_a_quiet_time(book: Book, desk: Desk) -> None:
    desk.open()
    written = desk.time.now
    for _ in range(7):
        await book.poll()
        desk.time.move(15)
    late = desk.open(short_description="Committed late")
    desk.row(late)["sys_updated_on"] = (written - timedelta(seconds=10)).strftime("%Y-%m-%d %H:%M:%S")
    desk.time.move(14)

    await book.poll()

    assert book.new.total() == 2


async def test_in_a_quiet_time_a_poll_is_one_question(book: Book, desk: Desk) -> None:
    for number in range(5):
        desk.open(short_description=f"Licence {number}")
    for _ in range(12):
        await book.poll()
        desk.time.move(15)

    asked = desk.requests
    await book.poll()

    assert desk.requests - asked == 1


async def test_a_ticket_of_the_time_we_were_down_is_not_lost(book: Book, desk: Desk) -> None:
    await book.poll()
    desk.time.move(600)
    desk.open()
    desk.time.move(600)

    await book.poll()

    assert book.new.total() == 1


async def test_what_we_write_ourselves_makes_no_new_revision(book: Book, desk: Desk) -> None:
    played = desk.open()
    await book.poll()
    desk.time.move(5)
    desk.change(played, "triage.integration", work_notes="Triage: waits for a person.")
    desk.change(played, "triage.integration", comments="Which licence?")

    await book.poll()

    assert book.new.total() == 1


async def test_a_callers_comment_is_seen_even_when_we_wrote_after_it(book: Book, desk: Desk) -> None:
    played = desk.open()
    await book.poll()
    desk.time.move(5)
    desk.change(played, KARIN, comments="Power BI Pro, please.")
    desk.change(played, "triage.integration", work_notes="Triage: noted.")

    await book.poll()

    assert book.new.total() == 2
    assert book.seen[-1].comments[0].by_caller


async def test_a_closed_ticket_is_left_alone(book: Book, desk: Desk) -> None:
    played = desk.open()
    desk.row(played)["state"] = "7"

    await book.poll()

    assert book.seen == []


async def test_a_poll_that_breaks_off_goes_on_where_it_stopped(book: Book, desk: Desk) -> None:
    desk.open()
    real, desk.client = desk.client, _Broken(desk)  # type: ignore[assignment]
    with pytest.raises(OutsideError):
        await book.poll()
    desk.client = real

    await book.poll()

    assert book.new.total() == 1


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_people_do_each_revision_is_taken_in_once_and_the_last_is_never_missed(
    book: Book, desk: Desk, seed: int
) -> None:
    rng, opened = Random(seed), list[Played]()
    deeds: list[Callable[[], Awaitable[None]]] = [
        *[lambda: _open(desk, opened)] * 3,
        *[lambda: _say(desk, rng, opened)] * 3,
        *[lambda: _pass_on(desk, rng, opened)] * 2,
        *[lambda: _wait(desk, rng)] * 3,
        *[lambda: _poll(book)] * 3,
    ]

    for _ in range(60):
        await rng.choice(deeds)()
    await book.poll()

    assert set(book.new.values()) <= {1}
    for played in opened:
        now = await read_ticket(desk.client, "incident", played.sys_id)
        assert book.new[now.sys_id, now.revision] == 1


async def test_the_first_poll_begins_where_it_is_told_to(book: Book, desk: Desk) -> None:
    desk.open(short_description="Too old")
    desk.time.move(3_600)
    since = desk.time.now
    desk.open(short_description="Just in time")
    desk.time.move(86_400)

    await book.poll(since=since)

    assert [one.short_description for one in book.seen] == ["Just in time"]


async def _open(desk: Desk, opened: list[Played]) -> None:
    opened.append(desk.open(short_description=f"Ask {len(opened)}", caller_id=ELENA))


async def _say(desk: Desk, rng: Random, opened: list[Played]) -> None:
    if opened:
        user = rng.choice([ELENA, KARIN, "triage.integration"])
        desk.change(rng.choice(opened), user, comments=f"Words {rng.random()}")


async def _pass_on(desk: Desk, rng: Random, opened: list[Played]) -> None:
    if opened:
        desk.change(rng.choice(opened), KARIN, urgency=rng.choice("123"))


async def _wait(desk: Desk, rng: Random) -> None:
    desk.time.move(rng.choice([0.3, 1, 7, 200]))


async def _poll(book: Book) -> None:
    await book.poll()


class _Broken:
    """A client whose journal cannot be read."""

    def __init__(self, desk: Desk) -> None:
        self.tables = desk.client.tables

    @property
    def entries(self) -> None:
        raise OutsideError("the journal cannot be read")
