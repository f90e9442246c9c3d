"""The person signed in to the portal to write the ticket; the ITSM itself says so."""

from __future__ import annotations

from datetime import timedelta

from triage.verify.method import Assurance, Giver, Method

METHOD = Method(
    name="portal_sign_in",
    title="Signed in to the portal",
    how="Nothing is to be done: the ticket was written in the signed-in portal by the person affected.",
    worth=Assurance.ONE,
    giver=Giver.PERSON,
    patience=timedelta(),
    lifetime=timedelta(hours=24),
)
