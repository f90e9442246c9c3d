"""An analyst calls the number on record, never one in a ticket (safety.md, B6)."""

from __future__ import annotations

from datetime import timedelta

from triage.verify.method import Assurance, Giver, Method

METHOD = Method(
    name="callback",
    title="Call-back",
    how="Call the number on record, below, and speak with the person; a number in the ticket does not count.",
    worth=Assurance.ONE,
    giver=Giver.ANALYST,
    patience=timedelta(hours=4),
    lifetime=timedelta(hours=1),
    settled=True,
)
