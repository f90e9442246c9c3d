"""A ticket as a value: what nobody typed is not in it, and only the requester's side makes a revision."""

from __future__ import annotations

from datetime import UTC, datetime

from triage.domain.ticket import Comment, Ticket

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def ticket(**fields: object) -> Ticket:
    return Ticket.model_validate({"source": "api", "sys_id": "1", "opened_at": NOW} | fields)


def test_what_no_database_stores_is_taken_out() -> None:
    asked = ticket(
        short_description="re\0set", description="half \ud800 pair", variables={"software": "Vi\0sio"}
    )
    assert (asked.short_description, asked.description) == ("reset", "half ? pair")
    assert list(asked.variables.values()) == ["Visio"]
    assert "\0" not in asked.model_dump_json()


def test_a_comment_is_cleaned_too() -> None:
    assert Comment(text="a\0b", at=NOW, by_caller=True).text == "ab"


def test_only_the_requesters_side_makes_a_new_revision() -> None:
    said, noted = (Comment(text="more", at=NOW, by_caller=caller) for caller in (True, False))
    first = ticket(description="text", state="1").revision
    assert ticket(description="text", state="2", comments=[noted]).revision == first
    assert ticket(description="text", state="1", comments=[said]).revision != first
