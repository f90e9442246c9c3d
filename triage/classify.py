"""Shows a ticket to the model that serves now; people, times and states stay out of what it sees."""

from __future__ import annotations

from collections.abc import Mapping

from models.model import Model
from models.prediction import Prediction
from models.text import TicketText
from triage.domain.ticket import Ticket
from triage.playbooks.model import Playbook

__all__ = ["Model", "classify", "ordered", "text_of"]


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


def ordered(ticket: Ticket, playbooks: Mapping[str, Playbook], model: Model) -> Prediction | None:
    """Return the label of the catalogue item that was ordered, where a playbook says that it names one.

    The item was chosen by the requester from a list and is read from the ITSM itself: nothing is guessed.
    """
    item = ticket.cat_item.strip().casefold()
    named = (
        label for label, one in playbooks.items() if item in {name.casefold() for name in one.catalog_items}
    )
    label = next(named, "") if item else ""
    if not label:
        return None
    return Prediction(label=label, confidence=1.0, accepted=True, novelty=0.0, trust=1.0, model=model.version)
