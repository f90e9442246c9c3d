"""The manager, signed in anew, attests to have the person before them or on a call they began."""

from __future__ import annotations

from datetime import timedelta

from triage.verify.method import Assurance, Giver, Method

METHOD = Method(
    name="attestation",
    title="Manager attests",
    how="The manager gets a mail, signs in anew and attests on a page that the person asks for this.",
    worth=Assurance.ONE,
    giver=Giver.MANAGER,
    patience=timedelta(hours=4),
    lifetime=timedelta(hours=1),
)
