"""Every table of the service but those about people, the audit chain, sealed secrets and the job engine."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Names of constraints are fixed, so that migrations can address them."""


def when(name: str, *, nullable: bool = False) -> Column[object]:
    """A column holding an instant (aware)."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


tickets = Table(
    "tickets",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("source", Text, nullable=False),
    Column("sys_id", Text, nullable=False),
    Column("revision", Text, nullable=False),
    Column("number", Text, nullable=False, server_default=""),
    Column("content", JSONB, nullable=False),  # triage.domain.ticket.Ticket
    Column("state", Text, nullable=False),
    when("received_at"),
    when("changed_at"),
    when("erased_at", nullable=True),  # when its contents were erased
    UniqueConstraint("source", "sys_id", "revision"),
    Index(None, "state", "received_at"),
    Index(None, "number"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    when("made_at"),
    Column("verdict", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("content", JSONB, nullable=False),  # triage.domain.decision.Decision
    Column("seconds", JSONB, nullable=False),  # how long each stage took
    Column("salt", Text, nullable=False, server_default=""),  # of its digest in the chain; gone when erased
)

policies = Table(
    "policies",
    metadata,
    Column("version", Text, primary_key=True),
    Column("files", JSONB, nullable=False),  # [name, text] of each file, in order
    when("kept_at"),
)

legal_holds = Table(
    "legal_holds",
    metadata,
    Column("subject", Text, primary_key=True),  # object id of a person, or number of a ticket
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    when("set_at"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("decision_id", ForeignKey("decisions.id"), nullable=False, unique=True),
    Column("state", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),  # why it came back, if it did
    Column("fingerprint", Text, nullable=False),
    Column("tier", SmallInteger, nullable=False),
    Column("needed", SmallInteger, nullable=False),
    Column("role", Text, nullable=False),
    when("opened_at"),
    when("closed_at", nullable=True),
    Column("closed_by", Text, nullable=False, server_default=""),  # object id of the person
    Column("label", Text),  # a correction: what it should have been called
    Index(None, "state", "opened_at", "id"),
    Index("uq_reviews_open", "ticket_id", unique=True, postgresql_where=text("state = 'open'")),
)

approvals = Table(
    "approvals",
    metadata,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("person", Text, nullable=False),  # UPN, for people to read
    Column("capacity", Text, nullable=False, server_default="approver"),  # ApproverRole: as what they agreed
    Column("fingerprint", Text, nullable=False),
    when("given_at"),
    when("expires_at"),
)

answers = Table(
    "answers",
    metadata,
    Column("key", Text, primary_key=True),  # Idempotency-Key of the client, with the person's id before it
    Column("review_id", ForeignKey("reviews.id"), nullable=False, index=True),
    Column("request", Text, nullable=False),  # digest of what was asked: a key is for one question
    Column("reply", JSONB, nullable=False),
    when("at"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("decision_id", ForeignKey("decisions.id"), nullable=False),
    Column("position", SmallInteger, nullable=False, server_default="0"),  # which step of the decision
    Column("review_id", ForeignKey("reviews.id"), index=True),
    Column("action", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("tier", SmallInteger, nullable=False),
    Column("params", JSONB, nullable=False),
    Column("plan", JSONB, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("lock", Text, nullable=False, server_default=""),  # runs of one lock take turns
    Column("state", Text, nullable=False),
    Column("held", Boolean, nullable=False, server_default="false"),  # by the kill switch
    Column("owner", Integer, nullable=False, server_default="0"),  # counted up by whoever takes the next step
    when("created_at"),
    when("not_before", nullable=True),  # the instant it waits for
    when("due_at"),  # when its turn came
    when("started_at", nullable=True),
    when("done_at", nullable=True),  # the write was answered; settling starts here
    when("finished_at", nullable=True),
    Column("detail", Text, nullable=False, server_default=""),
    Column("undo_by", Text, nullable=False, server_default=""),  # object id of the person who asked for it
    UniqueConstraint("decision_id", "position"),  # each step of a decision runs once
    Index(None, "state", "created_at"),
)

ledger = Table(
    "ledger",
    metadata,
    Column("run_id", ForeignKey("runs.id"), primary_key=True),
    Column("step", Text, primary_key=True),
    Column("state", Text, nullable=False),  # started, done
    when("started_at"),
    when("done_at", nullable=True),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Uuid, primary_key=True),  # the operation id in the marker [op:…]
    Column("seq", BigInteger, Identity(always=True), nullable=False),  # the order in which it was said
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False),
    Column("kind", Text, nullable=False),  # work_note, comment, resolve
    Column("key", Text, nullable=False),  # what it is about: at most one note of a kind and key a ticket
    Column("body", Text, nullable=False),
    when("created_at"),
    when("written_at", nullable=True),
    UniqueConstraint("ticket_id", "kind", "key"),
    Index("ix_notes_unwritten", "ticket_id", postgresql_where=text("written_at IS NULL")),
)

memories = Table(
    "memories",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    when("at"),
    Column("ticket", Text, nullable=False),
    Column("person_id", Text, nullable=False),
    Column("requester_id", Text, nullable=False),
    Column("label", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("key", Text, nullable=False),  # triage.memory.ask_key
    Column("event", Text, nullable=False),  # triage.memory.Event
    Column("department", Text, nullable=False, server_default=""),
    Column("attribute", Text, nullable=False, server_default=""),
    Index(None, "at"),
    Index(None, "key", "at"),
    Index(
        "ix_memories_trouble",  # of circuit breakers
        "action",
        "at",
        postgresql_where=text("event IN ('failed', 'repudiated', 'corrected', 'agreed')"),
    ),
    Index(None, "person_id", "at"),
    Index(None, "requester_id", "at"),
)

gates = Table(
    "gates",
    metadata,
    Column("api", Text, primary_key=True),
    when("not_before"),
)

halts = Table(
    "halts",
    metadata,
    Column("scope", Text, primary_key=True),  # all, action, tier, label
    Column("key", Text, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("set_by", Text, nullable=False),
    when("set_at"),
)

polls = Table(
    "polls",
    metadata,
    Column("source", Text, primary_key=True),  # servicenow:incident
    Column("updated_on", Text, nullable=False),  # as ServiceNow writes it, UTC
    Column("sys_id", Text, nullable=False),
    when("moved_at"),  # when that row was first seen
    when("polled_at"),
    Column("recent", JSONB, nullable=False),  # version of each row in the overlap, by sys_id
)

alarms = Table(
    "alarms",
    metadata,
    Column("key", Text, primary_key=True),
    Column("sentence", Text, nullable=False),
    Column("hint", Text, nullable=False),
    when("raised_at"),
    when("told_at", nullable=True),  # in the ITSM
)

credentials = Table(
    "credentials",
    metadata,
    Column("key_id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    when("ends_at"),
    Column("in_use", Boolean, nullable=False),
    when("seen_at"),
)

job_engine = Table(
    "job_engine",
    metadata,
    Column("migration", Text, primary_key=True),  # the newest file of the job engine's that was applied
)
