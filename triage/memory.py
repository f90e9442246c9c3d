"""What was asked and done lately, so that repeats, sequences and floods are seen (safety.md, control C)."""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

from triage.breaker import REACH, Happening, standing
from triage.domain.lately import MemoryFacts
from triage.domain.request import Parameter

TOXIC_PAIR: Final = timedelta(hours=72)
"""A password and a second factor of one person both changed within this time is the kill chain (C1)."""
COOLING_OFF: Final = timedelta(hours=24)
"""After a changed second factor nothing else of that person changes by itself for this long (C2)."""
CONTACT_SETTLED: Final = timedelta(days=30)
"""A contact point or factor counts as settled when it is unchanged for this long (B5)."""
CREDENTIAL_SHORT: Final = timedelta(hours=24)
"""Window of the cap of one credential action (C3)."""
CREDENTIAL_LONG: Final = timedelta(days=30)
"""Window of the cap of three credential actions (C3)."""
DAY: Final = timedelta(hours=24)
HOUR: Final = timedelta(hours=1)
WEEK: Final = timedelta(days=7)
"""Windows of the caps, with the day; within an hour the circuit breaker counts, too (C3, C5)."""
CAP_WINDOWS: Final = {"1h": HOUR, "24h": DAY, "7d": WEEK}
"""The windows by the ends of the facts' names."""
EVERYBODY: Final = "all"
STORM: Final = timedelta(minutes=10)
"""Window in which many tickets alike are a storm rather than many people (C8)."""
OPEN_DUPLICATE: Final = timedelta(days=7)
"""How long an ask that nobody has settled makes the same ask a duplicate (ours)."""
DONE_DUPLICATE: Final = timedelta(hours=4)
"""How long an ask that was done makes the same ask a duplicate; later the caps speak (ours)."""

RECOVERY_ATTRIBUTES: Final = frozenset({"mobilePhone", "businessPhones", "otherMails", "mail"})
"""Profile attributes that call-backs and codes go to: changing one is changing a factor (B5, B6)."""
CREDENTIAL_LABELS: Final = frozenset({"password_reset", "account_unlock", "mfa_reset"})


class Event(StrEnum):
    """What happened to an ask.

    ASKED: a ticket was decided and is open. DONE: the effect was verified, or, for a change made outside us
    and read from Entra's directoryAudits, it was seen there. CLOSED: settled without an effect of ours.
    FAILED: a run failed. REPUDIATED: the person said "this wasn't me". CORRECTED: a person gave a ticket
    another label. AGREED: a person (`requester_id`) agreed to close the circuit breaker of `action`.
    """

    ASKED = "asked"
    DONE = "done"
    CLOSED = "closed"
    FAILED = "failed"
    REPUDIATED = "repudiated"
    CORRECTED = "corrected"
    AGREED = "agreed"


BREAKER_EVENTS: Final = (Event.FAILED, Event.REPUDIATED, Event.CORRECTED, Event.AGREED)
"""What opens and closes the circuit breaker of an action (`triage.breaker`)."""


def happening(event: Event, ticket: str, requester_id: str, at: datetime) -> Happening:
    """Return one of `BREAKER_EVENTS` as the breaker looks at it."""
    if event is Event.AGREED:
        return Happening(at=at, agreed_by=requester_id)
    return Happening(at=at, ticket=ticket, drift=event is Event.CORRECTED)


class Memory(Protocol):
    """Remembers asks and effects. `person_id` is the object id of the person affected, "" for none.

    `ticket` is the number or id of the ticket that asks; its own earlier entries never count against it, so
    that deciding a second time gives the same answer. `key` is `ask_key`.
    """

    async def recall(
        self,
        *,
        ticket: str = "",
        person_id: str,
        requester_id: str,
        label: str,
        action: str,
        key: str,
        department: str = "",
        now: datetime,
    ) -> MemoryFacts:
        """Return what is known at `now`; a memory that cannot be read says so by `known`, it never raises."""
        ...

    async def remember(
        self,
        *,
        ticket: str,
        person_id: str,
        requester_id: str,
        label: str,
        action: str,
        key: str,
        event: Event,
        department: str = "",
        attribute: str = "",
        now: datetime,
    ) -> None:
        """Record that `event` happened at `now`; `attribute` is the one a profile update is about.

        A change made outside us is a DONE `password_reset` or `mfa_reset` whose ticket is the id of the audit
        record and whose action and key are empty.
        """
        ...


def capped(person_id: str, requester_id: str, action: str, department: str) -> dict[str, str]:
    """Return what is counted for the caps: the kind, and whom or what it is about ("" for nobody)."""
    return {
        "person": person_id,
        "requester": requester_id,
        "action": action,
        "department": department,
        "tenant": EVERYBODY,
    }


def ask_key(label: str, parameters: Mapping[str, Parameter]) -> str:
    """SHA-256 (hex) of what is asked: label and resolved parameters, whoever asks and in whatever words."""
    asked = {
        name: sorted(parameter.ids or (value.casefold() for value in parameter.values))
        for name, parameter in parameters.items()
    }
    return hashlib.sha256(json.dumps([label, asked], sort_keys=True).encode()).hexdigest()


def changes_factor(label: str, attribute: str = "") -> bool:
    """Whether the ask changes a second factor or a contact point that recovery relies on."""
    return label == "mfa_reset" or (label == "profile_update" and attribute in RECOVERY_ATTRIBUTES)


@dataclass
class InMemoryMemory:
    """A memory that lives as long as the process: for replay and rehearsal. Times may come unordered."""

    _times: dict[tuple[str, str], list[tuple[datetime, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    _asks: dict[tuple[str, str], dict[str, tuple[Event, datetime]]] = field(
        default_factory=lambda: defaultdict(dict)
    )
    _frozen: set[tuple[str, str]] = field(default_factory=set)
    _trouble: dict[str, list[Happening]] = field(default_factory=lambda: defaultdict(list))

    async def recall(
        self,
        *,
        ticket: str = "",
        person_id: str,
        requester_id: str,
        label: str,
        action: str,
        key: str,
        department: str = "",
        now: datetime,
    ) -> MemoryFacts:
        """Return what is known at `now`."""

        def count(kind: str, about: str, window: timedelta) -> int:
            return len(self._within(kind, about, window, now) - {ticket}) if about else 0

        return MemoryFacts(
            known=True,
            duplicate_of=self._duplicate(ticket, person_id, key, now),
            credential_24h=count("credential", person_id, CREDENTIAL_SHORT),
            credential_30d=count("credential", person_id, CREDENTIAL_LONG),
            factor_change_72h=count("factor", person_id, TOXIC_PAIR) > 0,
            factor_change_24h=count("factor", person_id, COOLING_OFF) > 0,
            password_change_72h=count("password", person_id, TOXIC_PAIR) > 0,
            contact_changed_30d=count("factor done", person_id, CONTACT_SETTLED) > 0,
            requester_factor_change_24h=count("factor", requester_id, COOLING_OFF) > 0,
            credentials_of_others_24h=self._others_asked_for(requester_id, now),
            alike_10m=count("label", label, STORM),
            breaker_open=self._breaker_open(ticket, action, now),
            frozen=(person_id, label) in self._frozen,
            **{
                f"{kind}_{name}": count(kind, about, window)
                for kind, about in capped(person_id, requester_id, action, department).items()
                for name, window in CAP_WINDOWS.items()
            },
        )

    async def remember(
        self,
        *,
        ticket: str,
        person_id: str,
        requester_id: str,
        label: str,
        action: str,
        key: str,
        event: Event,
        department: str = "",
        attribute: str = "",
        now: datetime,
    ) -> None:
        """Record that `event` happened at `now`."""
        if key:
            self._asks[person_id, key][ticket] = (event, now)
        if event in BREAKER_EVENTS and action:
            self._trouble[action].append(happening(event, ticket, requester_id, now))
        if event is Event.REPUDIATED:
            self._frozen.add((person_id, label))
        counted = {
            Event.ASKED: (("label", label),),
            Event.DONE: (
                *capped(person_id, requester_id, action, department).items(),
                ("credential", person_id if label in CREDENTIAL_LABELS else ""),
                ("factor done", person_id if changes_factor(label, attribute) else ""),
            ),
        }
        for kind, about in counted.get(event, ()):
            self._note(kind, about, now, ticket)
        if label in CREDENTIAL_LABELS and requester_id not in {"", person_id} and person_id:
            self._note("others", requester_id, now, person_id)
        if event in {Event.ASKED, Event.DONE}:
            meant = person_id or requester_id  # nobody found: as if they had asked for themselves
            self._note("password", meant if label == "password_reset" else "", now, ticket)
            self._note("factor", meant if changes_factor(label, attribute) else "", now, ticket)

    def _note(self, kind: str, about: str, at: datetime, ticket: str) -> None:
        if about:
            insort(self._times[kind, about], (at, ticket))

    def _within(self, kind: str, about: str, window: timedelta, now: datetime) -> set[str]:
        """Tickets (or people) that are counted under (kind, about) after `now - window`, not after `now`."""
        times = self._times.get((kind, about), [])
        since = bisect_right(times, now - window, key=lambda one: one[0])
        until = bisect_right(times, now, key=lambda one: one[0])
        return {ticket for _, ticket in times[since:until]}

    def _breaker_open(self, ticket: str, action: str, now: datetime) -> bool:
        happened = (one for one in self._trouble.get(action, ()) if now - REACH < one.at <= now)
        return standing(one for one in happened if one.agreed_by or one.ticket != ticket).open

    def _others_asked_for(self, requester_id: str, now: datetime) -> int:
        return len(self._within("others", requester_id, DAY, now)) if requester_id else 0

    def _duplicate(self, ticket: str, person_id: str, key: str, now: datetime) -> str:
        """Return the latest other ticket that asked the same and is open or just done, or ""."""
        lifetimes = {Event.ASKED: OPEN_DUPLICATE, Event.DONE: DONE_DUPLICATE, Event.FAILED: OPEN_DUPLICATE}
        alive = [
            (at, number)
            for number, (event, at) in self._asks.get((person_id, key), {}).items()
            if number != ticket and at <= now < at + lifetimes.get(event, timedelta(0))
        ]
        return max(alive)[1] if alive else ""
