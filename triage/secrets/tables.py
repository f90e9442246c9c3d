"""The table of sealed secrets; the key that opens them is not in the database."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, ForeignKey, Integer, LargeBinary, Table, Text, Uuid

from triage.store.tables import metadata

sealed_secrets = Table(
    "sealed_secrets",
    metadata,
    Column("run_id", Uuid, ForeignKey("runs.id"), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("recipient_id", Text, nullable=False),
    Column("beneficiary_id", Text, nullable=False),
    Column("ciphertext", LargeBinary),
    Column("vault_name", Text, nullable=False, server_default=""),
    Column("token_hash", Text),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Column("settled_at", DateTime(timezone=True)),
)
