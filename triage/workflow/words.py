"""What people read in the ticket: the note for the desk, the comment for the requester. Never a secret."""

from __future__ import annotations

from collections.abc import Sequence

from triage.domain.decision import Decision, Verdict
from triage.domain.run import Run, RunState
from triage.domain.ticket import Ticket
from triage.playbooks.load import shared_words
from triage.playbooks.model import Playbook
from triage.resolve.language import DEFAULT, language_of

_HEADLINES = {
    Verdict.AUTO: "The service does this by itself.",
    Verdict.REVIEW: "Waits for a person's decision.",
    Verdict.BLOCKED: "Not to be done by the service; people handle it.",
    Verdict.HANDOVER: "Nothing to automate; people handle it.",
}


def decided(decision: Decision, decision_id: str, known: str, reason: str) -> str:
    """Tell the desk what was decided and why, with what is `known` of the people."""
    lines = [f"Triage: {_HEADLINES[decision.verdict]}"]
    if reason:
        lines.append(f"Sent back: {reason}")
    lines.append(f"Label: {decision.label} ({decision.confidence:.0%})")
    lines += [f"{name}: {', '.join(one.values)} ({one.source})" for name, one in decision.parameters.items()]
    lines += [f"{name}: missing" for name in decision.missing]
    lines += [f"{name}: could be {' or '.join(found)}" for name, found in decision.ambiguous.items()]
    lines += [f"Rule {rule.id}: {rule.sentence}" for rule in decision.rules]
    lines += [f"In the way: {sentence}" for sentence in decision.hindrances]
    lines.append(f"Decision {decision_id}, model {decision.model}, policy {decision.policy}")
    return "\n".join([*lines, "", known]).strip()


def done(run: Run, title: str) -> str:
    """Tell the desk what was done and read back."""
    lines = [f"Triage: done and read back: {title}."]
    lines += [
        f"{change.target}: {change.field}: {change.before or '-'} -> {change.after or '-'}"
        for change in run.plan.changes
    ]
    return "\n".join([*lines, f"Run {run.id}, decision {run.decision_id}"])


def not_done(run: Run, title: str, dropped: Sequence[str] = ()) -> str:
    """Tell the desk what did not work, what was not begun because of it, and that a person has to go on."""
    lines = [f"Triage: {title} ended as {run.state}: {run.detail}"]
    lines += [f"Not begun: {one}." for one in dropped]
    return "\n".join([*lines, f"Run {run.id}; a person has to look at it."])


def undone(run: Run, title: str) -> str:
    """Tell the desk how an undo ended."""
    if run.state is RunState.UNDONE:
        return f"Triage: undone: {title}."
    if run.state is RunState.VERIFIED:
        return f"Triage: not undone: {title}: {run.detail}.\nRun {run.id}; a person has to look at it."
    return not_done(run, title)


def for_requester(playbook: Playbook, ticket: Ticket) -> str:
    """Return the playbook's closing words in the language of the ticket."""
    return playbook.done.get(_language(ticket), playbook.done[DEFAULT])


def expired(ticket: Ticket) -> str:
    """Tell the requester, in the language of the ticket, that nobody answered and people take over."""
    texts = shared_words("expired")
    return texts.get(_language(ticket), texts[DEFAULT])


def _language(ticket: Ticket) -> str:
    return language_of(f"{ticket.short_description}\n{ticket.description}")
