"""People who were read a moment ago, so that one ticket after another about them costs one round trip."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta

from actions.clients.graph.person import Person
from actions.errors import OutsideError

_MOST = 2_000


@dataclass
class RecentPeople:
    """Keeps whole people for `life`; any write of ours makes it forget everybody.

    A person of whom a part could not be read is not kept: the next look may see it. What others change shows
    after `life` at the latest; whoever acts on it reads anew (`GraphClient.live`).

    Attributes:
        life: how long somebody is kept; zero keeps nobody.
        clock: the present instant (aware, UTC).
    """

    life: timedelta
    clock: Callable[[], datetime]
    _kept: dict[str, tuple[datetime, Person]] = field(default_factory=dict, repr=False)
    _writes: int = 0

    async def get(self, user_id: str, read: Callable[[str], Awaitable[Person]]) -> Person:
        """Return the person with this object id, read now unless kept."""
        kept = self._kept.get(user_id)
        if kept is not None and self.clock() < kept[0]:
            return kept[1]
        writes, until = self._writes, self.clock() + self.life
        person = await read(user_id)
        if writes == self._writes and self.life and _whole(person):
            if len(self._kept) >= _MOST:
                self._kept.clear()
            self._kept[user_id] = (until, person)
        return person

    def forget(self) -> None:
        """Forget everybody, also those who are being read just now: something was written."""
        self._writes += 1
        self._kept.clear()


def _whole(person: Person) -> bool:
    return not any(isinstance(getattr(person, part.name), OutsideError) for part in fields(person))
