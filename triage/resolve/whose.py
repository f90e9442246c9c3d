"""Decides whose own mailbox is meant, where no shared one is named."""

from __future__ import annotations

from triage.domain.request import Source
from triage.resolve.finding import NOTHING, Finding, people_found, unclear
from triage.resolve.parts import says_mine
from triage.resolve.who import Company, quote


def mailbox_owner(company: Company) -> Finding:
    """Return whose own mailbox is meant: somebody's by a genitive, or the caller's ("my inbox")."""
    owners = [part for part in company.others if "owns mailbox" in part.marks and part.referent.people]
    if len(owners) == 1 and owners[0].referent.person is not None:
        evidence = quote(owners[0].referent, company.reading)
        return people_found((owners[0].referent.person,), Source.TEXT, evidence)
    if owners:
        return unclear([person for part in owners for person in part.referent.people])
    caller = company.reading.caller
    if caller is not None and says_mine(company.reading, "mailbox"):
        return people_found((caller,), Source.CALLER, "caller")
    return NOTHING
