"""What the classifier may look at, and the one preparation of it that training and serving share."""

import re
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from models.concepts import annotate
from models.mail import newest_words
from models.normalise import plain
from models.redact import redact

TEXT_LIMIT: Final = 4096
"""Characters of the newest mail that count; a request is in the first ones, and the cap bounds the work."""

_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|doorst|pd|i)\s?:", re.IGNORECASE)
_FORM_LINE = re.compile(r"[_\s]+")


class TicketText(BaseModel):
    """The part of a ticket that speaks about what is wanted; people, times and states are not in it."""

    model_config = ConfigDict(frozen=True)

    short_description: str = ""
    description: str = ""
    category: str = ""
    subcategory: str = ""
    contact_type: str = ""
    cat_item: str = ""
    variables: tuple[tuple[str, str], ...] = Field(default=(), description="form fields: name, value")


def newest(text: str, subject: str = "") -> str:
    """Return the newest words of a ticket text: plain, without quoted history, signature or disclaimer.

    At most `TEXT_LIMIT` characters; line breaks are kept. `subject` tells a forwarded mail (`FW:`), whose
    request often stands in the mail underneath.
    """
    return newest_words(plain(text), forwarded=bool(_FORWARD.match(subject)))[:TEXT_LIMIT]


def prepare(ticket: TicketText) -> str:
    """Return the text the features are made of: catalogue item, subject, newest words and form fields.

    Personal data is replaced by words for its kind (see `models.redact`), so nothing of a person is learnt
    or stored. Empty when the ticket says nothing.
    """
    parts = [
        plain(ticket.cat_item),
        plain(ticket.short_description),
        newest(ticket.description, ticket.short_description),
    ]
    parts += [f"{_FORM_LINE.sub(' ', name)}: {plain(value)}" for name, value in ticket.variables if value]
    return annotate(redact("\n".join(part for part in parts if part)[:TEXT_LIMIT]))
