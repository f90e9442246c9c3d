"""Trouble of an action is found by its own index, for the circuit breaker."""

from __future__ import annotations

from alembic import op
from sqlalchemy import text

revision = "0008_trouble"
down_revision = "0007_objections"


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "ix_memories_trouble",
        "memories",
        ["action", "at"],
        postgresql_where=text("event IN ('failed', 'repudiated', 'corrected', 'agreed')"),
    )
