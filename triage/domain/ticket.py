"""A ticket as we got it, independent of the system it came from."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, field_validator

from actions.vocabulary import Frozen


def clean(text: str) -> str:
    """Return `text` without NUL; what cannot be written as UTF-8 becomes a question mark."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


class Channel(StrEnum):
    """How the ticket came in (ServiceNow `contact_type`), which tells how far the caller is vouched for."""

    SELF_SERVICE = "self-service"
    CHAT = "chat"
    EMAIL = "email"
    PHONE = "phone"
    WALK_IN = "walk-in"
    MONITORING = "monitoring"

    @classmethod
    def named(cls, text: str) -> Channel:
        """The channel of that name; one we do not know vouches for as little as mail does."""
        try:
            return cls(text.strip().lower().replace(" ", "-"))
        except ValueError:
            return cls.EMAIL


class Comment(Frozen):
    """A customer-visible comment; `by_caller` tells whether the caller of the ticket wrote it."""

    text: Annotated[str, AfterValidator(clean)]
    at: AwareDatetime
    by_caller: bool


class Ticket(Frozen):
    """One incident or requested item at one revision (fields as in interfaces.md section 1).

    `caller_id` is what the ITSM recorded: a UPN, mail, employee id or display name. `caller_vouched` is true
    only when caller and channel were read from the ITSM itself, not taken from a request body.
    """

    source: str
    table: str = "incident"
    sys_id: str
    number: str = ""
    caller_id: str = ""
    caller_vouched: bool = False
    opened_by: str = ""
    opened_at: AwareDatetime
    contact_type: Channel = Channel.EMAIL
    short_description: str = ""
    description: str = ""
    category: str = ""
    subcategory: str = ""
    assignment_group: str = ""
    cmdb_ci: str = ""
    state: str = ""
    close_code: str = ""
    close_notes: str = ""
    cat_item: str = ""
    variables: dict[str, str] = Field(default_factory=dict)
    comments: tuple[Comment, ...] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _storable(cls, value: object) -> object:
        """Texts without what no database stores and no person typed: NUL and halves of surrogate pairs."""
        if isinstance(value, str):
            return clean(value)
        if isinstance(value, dict):
            return {name: clean(text) if isinstance(text, str) else text for name, text in value.items()}
        return value

    @property
    def revision(self) -> str:
        """SHA-256 (hex) of the requester's side: our own updates never make a new revision."""
        side = {
            "caller": self.caller_id,
            "texts": [self.short_description, self.description],
            "cat_item": self.cat_item,
            "variables": self.variables,
            "comments": [comment.text for comment in self.comments if comment.by_caller],
        }
        return hashlib.sha256(json.dumps(side, sort_keys=True).encode()).hexdigest()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to read in it."""
        return not (self.short_description.strip() or self.description.strip() or self.variables)
