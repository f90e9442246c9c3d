"""Tickets as callers send them: the fields of interfaces.md section 1, none of them trusted."""

from __future__ import annotations

from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from models.text import TicketText
from triage.domain.ticket import Channel, Ticket

_LONGEST = 100_000


class Row(BaseModel):
    """What a ticket says; fields that we do not know are left aside, as an export has many more."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    number: str = Field(default="", max_length=100, description="Its number, for people.")
    short_description: str = Field(default="", max_length=_LONGEST, description="The subject.")
    description: str = Field(default="", max_length=_LONGEST, description="The text, mails included.")
    category: str = Field(default="", max_length=200)
    subcategory: str = Field(default="", max_length=200)
    contact_type: str = Field(default="", max_length=100, description="How it came in, as the caller says.")
    cat_item: str = Field(default="", max_length=200, description="The catalogue item of a requested item.")
    variables: dict[str, str] = Field(default={}, max_length=200, description="Form fields by name.")

    @property
    def text(self) -> TicketText:
        """What the classifier looks at."""
        return TicketText(
            short_description=self.short_description,
            description=self.description,
            category=self.category,
            subcategory=self.subcategory,
            contact_type=self.contact_type,
            cat_item=self.cat_item,
            variables=tuple(self.variables.items()),
        )


class NewTicket(Row):
    """A ticket to be taken in; `source` and `sys_id` tell it from others, its words tell its revision."""

    source: str = Field(
        min_length=1,
        max_length=100,
        pattern=r"^[\w.-]+$",
        description="The system it is from; what is from `servicenow` is read there by `sys_id`.",
    )
    sys_id: str = Field(min_length=1, max_length=100, pattern=r"^[\w.-]+$", description="Its id there.")
    table: str = Field(default="incident", max_length=80, description="Its table there.")
    caller_id: str = Field(default="", max_length=320, description="Who asks: UPN, mail or employee id.")
    opened_by: str = Field(default="", max_length=320, description="Who opened it.")
    opened_at: AwareDatetime | None = Field(default=None, description="When; now if it is not said.")
    assignment_group: str = Field(default="", max_length=200)
    cmdb_ci: str = Field(default="", max_length=200)
    state: str = Field(default="", max_length=100)

    def unvouched(self, now: datetime) -> Ticket:
        """Return the ticket as its bringer tells it: nobody vouches for the caller, the channel is e-mail."""
        told = self.model_dump(exclude={"contact_type", "opened_at"})
        return Ticket.model_validate(
            told
            | {"opened_at": self.opened_at or now, "contact_type": Channel.EMAIL, "caller_vouched": False}
        )
