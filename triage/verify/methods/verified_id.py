"""Entra Verified ID with Face Check: the person shows a credential of the company from their wallet."""

from __future__ import annotations

from datetime import timedelta

from triage.verify.method import Assurance, Giver, Method

METHOD = Method(
    name="verified_id",
    title="Verified ID with Face Check",
    how="The person opens a page, shows the company's credential from their wallet; their face is compared.",
    worth=Assurance.IDENTITY,
    giver=Giver.PERSON,
    patience=timedelta(minutes=30),
    lifetime=timedelta(hours=1),
)
