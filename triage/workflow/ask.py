"""What a ticket asks for, as memory knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from triage.domain.facts import Facts
from triage.domain.lately import MemoryFacts
from triage.domain.request import Request
from triage.domain.ticket import Ticket
from triage.memory import Event, Memory, ask_key


@dataclass(frozen=True)
class Ask:
    """One ask; people by object id, the empty string for nobody.

    `key` is empty while something is missing or ambiguous: half an ask is not the same as another half.
    """

    ticket: str
    person_id: str
    requester_id: str
    label: str
    action: str
    key: str
    department: str
    attribute: str

    async def recall(self, memory: Memory, now: datetime) -> MemoryFacts:
        """Return what is known of it and of the people in it, apart from this ticket's own entries."""
        return await memory.recall(
            ticket=self.ticket,
            person_id=self.person_id,
            requester_id=self.requester_id,
            label=self.label,
            action=self.action,
            key=self.key,
            department=self.department,
            now=now,
        )

    async def remember(self, memory: Memory, event: Event, now: datetime) -> None:
        """Record what became of it."""
        await memory.remember(
            ticket=self.ticket,
            person_id=self.person_id,
            requester_id=self.requester_id,
            label=self.label,
            action=self.action,
            key=self.key,
            event=event,
            department=self.department,
            attribute=self.attribute,
            now=now,
        )


def ask_of(ticket: Ticket, request: Request, facts: Facts, action: str) -> Ask:
    """Return the ask of a ticket that was resolved and enriched."""
    complete = bool(request.parameters) and not request.missing and not request.ambiguous
    attribute = request.parameters.get("attribute")
    return Ask(
        ticket=ticket.number or ticket.sys_id,
        person_id=facts.target.id if facts.target else "",
        requester_id=facts.requester.id if facts.requester else "",
        label=request.label,
        action=action,
        key=ask_key(request.label, request.parameters) if complete else "",
        department=facts.target.department if facts.target else "",
        attribute=attribute.values[0] if attribute else "",
    )
