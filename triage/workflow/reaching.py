"""How somebody who is asked to agree is reached: by mail and by an approval record; whether they are away."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from actions.clients.graph.mailboxes import AutomaticReplies, Moment
from actions.clients.graph.values import User
from actions.errors import OutsideError, Throttled, Unreachable
from actions.vocabulary import Tier
from triage.intake.servicenow import SOURCE
from triage.store.decisions import StoredDecision
from triage.store.invitations import Invitation
from triage.store.reviews import Review
from triage.store.tickets import StoredTicket
from triage.workflow.services import Services

_log = logging.getLogger(__name__)
_SUBJECT = "Your agreement is asked for: {number}"
_BODY = """{title}, for {beneficiary}, asked by {requester} in {number}.

Nothing is done unless you agree. Sign in to see what would change and answer:

{link}

Opening the page decides nothing, and no answer to this mail counts. If you are away, the page lets you name
a deputy.
"""


@dataclass(frozen=True)
class Asked:
    """What somebody is asked about: a review, its decision and its ticket."""

    review: Review
    kept: StoredDecision
    stored: StoredTicket


async def open_record(services: Services, asked: Asked, one: Invitation, user: User) -> str:
    """Open an approval record for the person; "" where that way to answer is not open to them.

    Credential steps need a fresh sign-in, which ServiceNow cannot vouch for: they are answered on our page.
    """
    ticket = asked.stored.ticket
    wanted = services.settings.servicenow.approvals and asked.review.tier < Tier.CREDENTIAL
    if services.servicenow is None or not wanted or ticket.source != SOURCE or not user.mail:
        return ""
    accounts = await services.servicenow.users_named("email", user.mail)
    if len(accounts) != 1:
        return ""
    try:
        return await services.servicenow.approvals.ask(
            ticket.sys_id, accounts[0]["sys_id"], _told(services, asked), f"{one.review_id}.{one.person_id}"
        )
    except (Throttled, Unreachable):
        raise
    except OutsideError as refusal:
        _log.warning("review %s: no approval record: %s %s", one.review_id, refusal.message, refusal.hint)
        return ""


def _told(services: Services, asked: Asked) -> str:
    """What is agreed to, for somebody who sees only the record: action, changes, the plan's fingerprint."""
    decision = asked.kept.decision
    action = services.tools.actions.get(decision.action)
    changes = [
        f"{change.target}: {change.field}: {change.before or '-'} -> {change.after or '-'}"
        for change in decision.changes
    ]
    title = action.title if action else decision.action
    return "\n".join([f"Triage asks you to agree: {title}.", *changes, f"Plan {asked.review.fingerprint}"])


async def mail(services: Services, asked: Asked, user: User, what: str) -> None:
    """Send the mail that asks; `what` (asked, reminded) tells one from the other."""
    decision, facts = asked.kept.decision, asked.kept.facts
    action = services.tools.actions.get(decision.action)
    number = decision.number or "a ticket"
    text = _BODY.format(
        title=action.title if action else decision.action,
        beneficiary=facts.target.display_name if facts.target else "nobody in the directory",
        requester=facts.requester.display_name if facts.requester else "somebody outside the directory",
        number=number,
        link=f"{services.settings.web.public_url.rstrip('/')}/asks/{asked.review.id}",
    )
    subject = _SUBJECT.format(number=number)
    address = user.mail or user.user_principal_name
    marker = f"{asked.review.id}:{user.id}:{what}"
    await services.acting(asked.review.id).graph.mail.send(
        services.settings.cloud.mail_sender, [address], subject, text, marker=marker
    )


async def away(services: Services, person_id: str) -> bool:
    """Whether the person's mailbox says that they are away; a hint only, so what cannot be read says no."""
    try:
        replies = await services.tools.reading.graph.mailboxes.automatic_replies(person_id)
    except Throttled:
        raise
    except OutsideError:
        return False
    return is_away(replies, services.clock())


def is_away(replies: AutomaticReplies, now: datetime) -> bool:
    """Whether a mailbox answers by itself at `now`."""
    if replies.status != "scheduled":
        return replies.status == "alwaysEnabled"
    start, end = replies.scheduled_start_date_time, replies.scheduled_end_date_time
    return bool(start and end and _at(start) <= now < _at(end))


def _at(moment: Moment) -> datetime:
    """Graph tells times of mailbox settings in UTC, to a tenth of a microsecond."""
    return datetime.fromisoformat(moment.date_time[:19]).replace(tzinfo=UTC)
