"""Polling while everybody writes: nothing lost, nothing doubled."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random

import httpx
import pytest

from actions.errors import OutsideError
from tests.intake.book import Book
from tests.intake.instance import ELENA, KARIN, Desk
from triage.intake.servicenow import read_ticket
from triage.sandbox.servicenow.play import Played


@dataclass
class Crowd:
    """People and integrations who write without order, `left` times in all, and workers of ours that die."""

    desk: Desk
    opened: list[Played]
    rng: Random
    left: int = 10_000
    deaths: int = 3

    def write(self, most: int) -> None:
        for _ in range(min(most, self.left)):
            self.left -= 1
            played = self.rng.choice(self.opened)
            if self.left % 10 == 0:
                self.desk.change(played, ELENA, comments=f"Words {self.left}")
            else:
                user = self.rng.choice([KARIN, "triage.integration"])
                self.desk.change(played, user, urgency=self.rng.choice("123"))

    def between_pages(self) -> None:
        self.write(self.rng.randrange(200))
        if self.deaths and self.rng.random() < 0.02:
            self.deaths -= 1
            raise httpx.ConnectError("the worker dies here")


@pytest.mark.parametrize(("seed", "seconds_ahead"), [(1, 90), (2, -90)])
async def test_ten_thousand_updates_in_a_second_while_pages_shift_workers_die_and_clocks_differ(
    book: Book, desk: Desk, seed: int, seconds_ahead: int
) -> None:
    ahead = timedelta(seconds=seconds_ahead)
    opened = [desk.open(short_description=f"Ask {number}", caller_id=ELENA) for number in range(250)]
    crowd = Crowd(desk, opened, Random(seed))
    crowd.write(2_000)
    desk.meanwhile(crowd.between_pages)
    while crowd.left:
        with suppress(OutsideError):
            await book.poll(ahead=ahead)
    desk.meanwhile(lambda: None)
    for _ in range(3):
        desk.time.move(40)
        await book.poll(ahead=ahead)

    assert set(book.new.values()) == {1}
    for played in opened:
        now = await read_ticket(desk.client, "incident", played.sys_id)
        assert book.new[now.sys_id, now.revision] == 1
