"""Who was asked to agree, as what people agreed, and who stands in for whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_people"
down_revision = "0003_proof"


def upgrade() -> None:
    """Create the tables, and let approvals say as what they were given."""
    op.add_column("approvals", sa.Column("capacity", sa.Text(), server_default="approver", nullable=False))
    op.create_table(
        "invitations",
        sa.Column("review_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("capacity", sa.Text(), nullable=False),
        sa.Column("principal_id", sa.Text(), server_default="", nullable=False),
        sa.Column("look_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("away", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("record", sa.Text(), server_default="", nullable=False),
        sa.Column("record_state", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name=op.f("fk_invitations_review_id")),
        sa.PrimaryKeyConstraint("review_id", "person_id", name=op.f("pk_invitations")),
    )
    due, held = sa.text("look_at IS NOT NULL"), sa.text("record_state = 'open'")
    op.create_index("ix_invitations_due", "invitations", ["look_at"], postgresql_where=due)
    op.create_index("ix_invitations_record", "invitations", ["record"], postgresql_where=held)
    op.create_index(op.f("ix_invitations_person_id"), "invitations", ["person_id"])
    op.create_table(
        "deputies",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("deputy_id", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deputies")),
    )
    op.create_index(op.f("ix_deputies_person_id"), "deputies", ["person_id"])
    op.create_index(op.f("ix_deputies_deputy_id"), "deputies", ["deputy_id"])
