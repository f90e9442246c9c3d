"""What can go wrong inside the service, as one tree; `triage.web.errors` maps it to HTTP.

TriageError
├── BadInput            a file, row, request or setting cannot be used as it is
├── NotConfigured       a setting is missing or contradictory
├── Unknown             no ticket, review or run of that id
├── AlreadyDecided      somebody answered this review before
├── PlanChanged         the live state or the policy changed since the plan was shown
├── NotSignedIn         nobody is signed in, or the token is not good
├── NotAllowed          this person may not do that
├── Halted              the kill switch is on for it
├── Overtaken           another worker has taken this run over
└── Broken              something that must never happen did: stored data contradicts itself
"""

from __future__ import annotations


class TriageError(Exception):
    """A refusal or failure of the service itself.

    Args:
        message: subject and cause in one sentence, without secrets or ticket text.
        hint: the next step for the person who reads it.
        subject: what it is about, for instance `review 7c…` or `export.csv:17`.
    """

    def __init__(self, message: str, *, hint: str = "", subject: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.subject = subject


class BadInput(TriageError):  # noqa: N818 - errors are named for what happened
    """A file, row, request or setting cannot be used as it is."""


class NotConfigured(TriageError):  # noqa: N818
    """A setting is missing or contradicts another."""


class Unknown(TriageError):  # noqa: N818
    """There is nothing of that id."""


class AlreadyDecided(TriageError):  # noqa: N818
    """The review was answered before."""


class PlanChanged(TriageError):  # noqa: N818
    """What would be done is no longer what was shown."""


class NotSignedIn(TriageError):  # noqa: N818
    """Nobody is signed in, or the token is not good."""


class NotAllowed(TriageError):  # noqa: N818
    """This person may not do that."""


class Halted(TriageError):  # noqa: N818
    """The kill switch is on."""


class Overtaken(TriageError):  # noqa: N818
    """Another worker has taken the run over: whoever sees this stops at once."""


class Broken(TriageError):  # noqa: N818
    """Stored data contradicts itself."""
