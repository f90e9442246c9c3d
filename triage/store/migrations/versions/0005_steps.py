"""A decision may have several steps, each with a run of its own, and a run may wait for its day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005_steps"
down_revision = "0004_people"

_DECIDE_ANEW = """
WITH waiting AS (
    UPDATE reviews SET state = 'voided', closed_at = now() WHERE state = 'open' RETURNING ticket_id
), pending AS (
    UPDATE runs SET state = 'cancelled', finished_at = now(), detail = 'decided anew after an upgrade'
    WHERE state = 'pending' RETURNING ticket_id
)
UPDATE tickets SET state = 'received'
WHERE id IN (SELECT ticket_id FROM waiting UNION SELECT ticket_id FROM pending)
"""
"""Stored decisions stay as they were written and lack their steps: what waits on them is decided anew."""


def upgrade() -> None:
    """Let each step have its run and its day."""
    op.execute(_DECIDE_ANEW)
    op.drop_column("decisions", "params")
    op.add_column("runs", sa.Column("position", sa.SmallInteger(), nullable=False, server_default="0"))
    op.add_column("runs", sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
    op.add_column("runs", sa.Column("due_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE runs SET due_at = created_at")
    op.alter_column("runs", "due_at", nullable=False)
    op.drop_constraint(op.f("uq_runs_decision_id"), "runs", type_="unique")
    op.create_unique_constraint(op.f("uq_runs_decision_id_position"), "runs", ["decision_id", "position"])
