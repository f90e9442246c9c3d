"""The register of events: each has a name, the sentence shown to a person, and the only fields it may carry.

To add one: a member below with a template. The fields between braces are exactly what `append` accepts, so
that no event can pick up ticket text, a name or a secret by accident. People and objects appear by id.
"""

from __future__ import annotations

from enum import Enum
from string import Formatter


class Event(Enum):
    """What can happen; the value is `(name, sentence template)`."""

    TICKET_RECEIVED = ("ticket.received", "{number} was taken in from {source}, revision {revision}.")
    TICKET_DECIDED = (
        "ticket.decided",
        (
            "{number}: {verdict} for {label} at {confidence}; rules {rules}; model {model}; policy {policy}; "
            "action {action}; plan {fingerprint}; decision {decision_id}, digest {record}."
        ),
    )
    TICKET_CARRIED_ON = ("ticket.carried_on", "{number}: a person wants what is left to be looked at again.")
    TICKET_WRITTEN = ("ticket.written", "{number}: wrote {kind} back (operation {operation}).")
    TICKET_NOT_WRITTEN = ("ticket.not_written", "{number}: {kind} was not taken by the ITSM: {reason}")
    TICKET_RESOLVED = ("ticket.resolved", "{number} was resolved after run {run_id} was verified.")
    REVIEW_OPENED = (
        "review.opened",
        "Review for {number} waits for {count} x {role}, plan {fingerprint}.",
    )
    REVIEW_APPROVED = (
        "review.approved",
        "One of {count} approvals was given for plan {fingerprint}, as {capacity} ({given} given).",
    )
    REVIEW_REJECTED = ("review.rejected", "The review was rejected; people take the ticket over.")
    REVIEW_CORRECTED = ("review.corrected", "The label {before} was corrected to {after}.")
    REVIEW_ASKED = ("review.asked", "{person_id} was asked to agree as {capacity} (its record: {record}).")
    REVIEW_REMINDED = ("review.reminded", "{person_id} was reminded to answer.")
    REVIEW_ESCALATED = ("review.escalated", "{person_id} cannot be reached: {reason}.")
    REVIEW_RECORD_IGNORED = (
        "review.record_ignored",
        "The answer in record {record} does not count: {reason}.",
    )
    DEPUTY_NAMED = ("deputy.named", "{deputy_id} stands in from {starts_at} to {ends_at} (word {word_id}).")
    DEPUTY_ENDED = ("deputy.ended", "Word {word_id} was taken back.")
    REVIEW_EXPIRED = ("review.expired", "Nobody answered the review before {expires_at}.")
    REVIEW_VOIDED = ("review.voided", "What was shown no longer holds: {reason}.")
    RUN_INTENDED = (
        "run.intended",
        (
            "Run {run_id} of {action} version {version} (tier {tier}) was intended for plan {fingerprint}, "
            "decision {decision_id}."
        ),
    )
    RUN_STEP_STARTED = ("run.step_started", "Step {step} of {action} is about to change the outside.")
    RUN_VERIFIED = ("run.verified", "The effect of {action} was read back.")
    RUN_FAILED = ("run.failed", "{action} failed: {reason}.")
    RUN_UNKNOWN = ("run.outcome_unknown", "Nobody can tell whether {action} took effect: {reason}.")
    RUN_SENT_BACK = ("run.sent_back", "{action} was not run: {reason}.")
    RUN_CALLED_OFF = ("run.called_off", "A person called {action} off before it began.")
    RUN_UNDO_REFUSED = ("run.undo_refused", "{action} was not undone: {reason}.")
    RUN_UNDONE = ("run.undone", "{action} was undone.")
    SECRET_SEALED = ("secret.sealed", "A one-time secret for run {run_id} was sealed.")
    SECRET_RELEASED = (
        "secret.released",
        "The one-time link for run {run_id} was mailed, valid until {expires_at}.",
    )
    SECRET_OPENED = ("secret.opened", "The one-time link for run {run_id} was opened and is spent.")
    SECRET_DESTROYED = ("secret.destroyed", "The secret for run {run_id} was destroyed unseen: {reason}.")
    CREDENTIAL_ADDED = (
        "credential.added",
        "A client secret {key_id} was added to our app registration, good until {ends_at}.",
    )
    CREDENTIAL_SWITCHED = (
        "credential.switched",
        "Client secret {key_id} is in use from now on; {former} was before.",
    )
    CREDENTIAL_REMOVED = ("credential.removed", "Client secret {key_id} was taken away: {reason}.")
    CREDENTIAL_WARNED = (
        "credential.warned",
        "Credential {key_id} of our app registration ends at {ends_at}: {days} days or less are left.",
    )
    CREDENTIAL_REFUSED = ("credential.refused", "{authority} does not accept our credential: {code}.")
    CREDENTIAL_ACCEPTED = ("credential.accepted", "{authority} accepts our credential again.")
    OBJECTION_ARMED = (
        "objection.armed",
        "Whoever owns the account can object to run {run_id} ({objection_id}).",
    )
    OBJECTION_RAISED = ("objection.raised", "Run {run_id} was objected to: {label} is frozen for the person.")
    OBJECTION_REFUSED = ("objection.refused", "An objection to run {run_id} was refused: {reason}.")
    CONTAINMENT_BEGUN = (
        "containment.begun",
        "{action} is about to contain the account (after run {run_id}).",
    )
    CONTAINMENT_DONE = ("containment.done", "{action} was read back {seconds} s after the objection.")
    CONTAINMENT_MISSED = ("containment.missed", "The account is not contained: {reason}.")
    INCIDENT_OPENED = ("incident.opened", "A priority-1 incident was opened ({incident}).")
    PROOF_ASKED = ("proof.asked", "A proof by {method} was asked for ({proof_id}).")
    PROOF_GIVEN = ("proof.given", "A proof by {method} was given ({proof_id}); it counts until {expires_at}.")
    PROOF_FAILED = ("proof.failed", "A proof by {method} was not given ({proof_id}): {reason}.")
    HALT_SET = ("halt.set", "The kill switch was set for {scope} {key}: {reason}.")
    HALT_FILE = ("halt.file", "The kill-switch file on {host} halts {scopes}.")
    HALT_LIFTED = ("halt.lifted", "The kill switch was lifted for {scope} {key}.")
    MODEL_CHANGED = ("model.changed", "Model {version} now serves (before: {previous}).")
    AUDIT_KEY = (
        "audit.key",
        "Signing key {key} ({public}) was brought in; {vouched_by} vouches for it: {signature}.",
    )
    AUDIT_CHECKPOINT = (
        "audit.checkpoint",
        "Every record up to {head_seq} ({head}) is signed with key {key}: {signature}.",
    )
    AUDIT_ANCHORED = ("audit.anchored", "The checkpoint over record {head_seq} was deposited with {places}.")
    CONTENTS_ERASED = (
        "contents.erased",
        "The contents of {tickets} tickets were erased ({reason}); their decisions stay vouched for.",
    )
    HOLD_SET = ("hold.set", "Nothing about it is erased any more: {reason}.")
    HOLD_LIFTED = ("hold.lifted", "It may be erased again.")
    RECONCILED = (
        "reconcile.done",
        "{changes} changes in Entra and {runs} runs of ours were compared up to {until}; {alarms} alarms.",
    )
    RECONCILE_ALARM = ("reconcile.alarm", "{kind}: {reference} ({activity}) at {at}.")
    OUTSIDE_CHANGE = ("outside.change", "Entra shows {activity}, which was not ours ({reference}).")
    STORM_RAISED = (
        "storm.raised",
        "{count} tickets alike ({label}) within minutes: a candidate for a major incident.",
    )
    PROBING_SEEN = ("probing.seen", "Somebody ({who}) probes the checks of the service desk.")
    BREAKER_OPENED = ("breaker.opened", "The circuit breaker of {action} opened.")
    BREAKER_CLOSING = (
        "breaker.closing",
        "{given} of {count} people agreed to close the breaker of {action}.",
    )

    def __init__(self, label: str, sentence: str) -> None:
        self.label = label
        self.sentence = sentence

    @property
    def fields(self) -> frozenset[str]:
        """Names of the data fields that the event carries, all of them required."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.sentence) if name)

    @classmethod
    def named(cls, label: str) -> Event:
        """The event of that stored name.

        Raises:
            KeyError: no event of that name was ever registered.
        """
        return _BY_LABEL[label]


_BY_LABEL = {event.label: event for event in Event}
