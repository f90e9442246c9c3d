"""The tables about people: who was asked to agree, who stands in, who objected, what was proven."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, Uuid, text

from triage.store.tables import metadata, when

invitations = Table(
    "invitations",
    metadata,
    Column("review_id", ForeignKey("reviews.id"), primary_key=True),
    Column("person_id", Text, primary_key=True),
    Column("capacity", Text, nullable=False),  # manager, owner
    Column("principal_id", Text, nullable=False, server_default=""),  # whose deputy they are
    when("look_at", nullable=True),  # when the next step is due: asking, reminding, escalating; null: none
    when("asked_at", nullable=True),
    when("reminded_at", nullable=True),
    when("escalated_at", nullable=True),
    Column("away", Boolean, nullable=False, server_default="false"),  # their mailbox answered by itself
    Column("record", Text, nullable=False, server_default=""),  # sys_id of the ITSM's approval record
    Column("record_state", Text, nullable=False, server_default=""),  # open, closed
    Index("ix_invitations_due", "look_at", postgresql_where=text("look_at IS NOT NULL")),
    Index("ix_invitations_record", "record", postgresql_where=text("record_state = 'open'")),
    Index(None, "person_id"),
)

deputies = Table(
    "deputies",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("person_id", Text, nullable=False, index=True),
    Column("deputy_id", Text, nullable=False, index=True),
    when("starts_at"),
    when("ends_at"),
    when("named_at"),
    when("ended_at", nullable=True),  # taken back before its time
)

objections = Table(
    "objections",
    metadata,
    Column("id", Uuid, primary_key=True),  # in the mailed address; the token is not in the database
    Column("run_id", ForeignKey("runs.id"), nullable=False, unique=True),
    Column("person_id", Text, nullable=False),  # whose account was changed
    Column("state", Text, nullable=False),  # triage.store.objections.ObjectionState
    when("armed_at"),
    when("expires_at"),
    Column("failures", Integer, nullable=False, server_default="0"),
    when("raised_at", nullable=True),
    when("contained_at", nullable=True),
    Column("action", Text, nullable=False, server_default=""),  # what contained it
    Column("detail", Text, nullable=False, server_default=""),  # why it could not be contained
    Column("incident", Text, nullable=False, server_default=""),  # number of the incident that was opened
    Index(None, "state", "armed_at"),
)

proofs = Table(
    "proofs",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("ticket_id", ForeignKey("tickets.id"), nullable=False, index=True),
    Column("person_id", Text, nullable=False),  # of whom it is a proof
    Column("method", Text, nullable=False),  # triage.verify.methods
    Column("state", Text, nullable=False),  # asked, given, refused
    Column("asked_by", Text, nullable=False),
    when("asked_at"),
    when("expires_at"),  # the asking, then the proof
    Column("code_hash", Text),  # keyed: a code of eight digits has no hash that could not be tried out
    Column("failures", Integer, nullable=False, server_default="0"),
    when("given_at", nullable=True),
    Column("given_by", Text, nullable=False, server_default=""),
    Index("uq_proofs_asked", "ticket_id", "method", unique=True, postgresql_where=text("state = 'asked'")),
)
