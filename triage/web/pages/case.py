"""Everything that is known of one ticket, read together, with the names of the people in it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from actions.errors import OutsideError
from triage.audit.chain import Record
from triage.audit.export import sentence
from triage.audit.log import records
from triage.domain.run import Run
from triage.resolve.directory import Person
from triage.store import decisions, desk, notes, reviews, runs, tickets
from triage.store.decisions import StoredDecision
from triage.store.notes import Note
from triage.store.reviews import Approval, Review, ReviewState
from triage.store.tickets import StoredTicket
from triage.workflow.approvals import valid
from triage.workflow.progress import how_far
from triage.workflow.questions import QUESTION
from triage.workflow.services import Services


@dataclass(frozen=True)
class Step:
    """A line of the timeline: a record of the chain, what it says, and who caused it."""

    record: Record
    sentence: str
    actor: str


@dataclass(frozen=True)
class Case:
    """A ticket with its decisions and reviews (newest first), its runs and its timeline (oldest first).

    `given` are the approvals of the open review that still count; `question` is what the requester was asked;
    `next_id` is another ticket that waits.
    """

    stored: StoredTicket
    decisions: tuple[StoredDecision, ...]
    reviews: tuple[Review, ...]
    runs: tuple[Run, ...]
    given: tuple[Approval, ...]
    steps: tuple[Step, ...]
    people: Mapping[str, Person]
    question: Note | None = None
    next_id: uuid.UUID | None = None

    @property
    def decision(self) -> StoredDecision | None:
        """The newest decision, if there is one."""
        return self.decisions[0] if self.decisions else None

    @property
    def open(self) -> Review | None:
        """The review that waits, if one does."""
        return next((one for one in self.reviews if one.state is ReviewState.OPEN), None)

    @property
    def how_far(self) -> str:
        """How many steps of its plan are done, and of how many."""
        done, steps = how_far(self.runs)
        return f"{done} of {steps}"

    def name(self, person_id: str) -> str:
        """Return what people call somebody, or the id where the directory does not know it."""
        return name_of(self.people, person_id)


def name_of(people: Mapping[str, Person], actor: str) -> str:
    """Return the name of an actor of the chain: a person, the service, or somebody at a command line."""
    if actor == "service":
        return "the service"
    known = people.get(actor)
    return known.display_name if known else actor


async def people(services: Services) -> Mapping[str, Person]:
    """Return people by object id; none when the directory cannot be read now."""
    try:
        return (await services.tools.directory()).by_id
    except OutsideError:
        return {}


async def read_case(services: Services, ticket_id: uuid.UUID) -> Case:
    """Read everything about a ticket.

    Raises:
        Unknown: there is no such ticket.
    """
    known = await people(services)
    now = services.clock()
    async with services.engine.connect() as conn:
        stored = await tickets.get(conn, ticket_id)
        all_runs = await runs.of_ticket(conn, ticket_id)
        found = await reviews.of_ticket(conn, ticket_id)
        waiting = next((one for one in found if one.state is ReviewState.OPEN), None)
        given = await reviews.approvals_of(conn, waiting.id) if waiting else ()
        said = await notes.of_ticket(conn, ticket_id)
        return Case(
            stored=stored,
            decisions=await decisions.of_ticket(conn, ticket_id),
            reviews=found,
            runs=all_runs,
            given=valid(given, waiting.fingerprint, now) if waiting else (),
            steps=await _steps(conn, ticket_id, all_runs, known),
            people=known,
            question=next((note for note in said if note.key == QUESTION), None),
            next_id=await desk.next_waiting(conn, ticket_id),
        )


async def _steps(
    conn: AsyncConnection, ticket_id: uuid.UUID, found: tuple[Run, ...], known: Mapping[str, Person]
) -> tuple[Step, ...]:
    subjects = (f"ticket {ticket_id}", *(f"run {run.id}" for run in found))
    told = [record for subject in subjects async for record in records(conn, subject=subject)]
    told.sort(key=lambda record: record.seq)
    return tuple(Step(one, _said(one), name_of(known, one.actor)) for one in told)


def _said(record: Record) -> str:
    """Return what a record says; what is empty in it is called none."""
    return sentence(
        record.model_copy(update={"data": {k: "none" if v == "" else v for k, v in record.data.items()}})
    )
