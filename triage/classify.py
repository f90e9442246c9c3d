"""Shows a ticket to the model that serves now; people, times and states stay out of what it sees."""

from __future__ import annotations

from models.model import Model
from models.prediction import Prediction
from models.text import TicketText
from triage.domain.ticket import Ticket

__all__ = ["Model", "classify", "text_of"]


def text_of(ticket: Ticket) -> TicketText:
    """Return the part of a ticket that speaks about what is wanted."""
    return TicketText(
        short_description=ticket.short_description,
        description=ticket.description,
        category=ticket.category,
        subcategory=ticket.subcategory,
        contact_type=ticket.contact_type.value,
        cat_item=ticket.cat_item,
        variables=tuple(ticket.variables.items()),
    )


def classify(ticket: Ticket, model: Model) -> Prediction:
    """Return what the model guesses for one ticket; one without words is `other`, with full novelty."""
    return model.predict([text_of(ticket)])[0]
