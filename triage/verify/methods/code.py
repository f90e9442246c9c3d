"""A one-time code, mailed to a recovery address that has not changed for 30 days."""

from __future__ import annotations

from datetime import timedelta

from triage.verify.method import Assurance, Giver, Method

METHOD = Method(
    name="code",
    title="One-time code",
    how="A code of eight digits goes to the recovery address in Entra; the person types it in on a page.",
    worth=Assurance.ONE,
    giver=Giver.PERSON,
    patience=timedelta(minutes=10),
    lifetime=timedelta(hours=1),
    settled=True,
)
