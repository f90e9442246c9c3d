"""What the outside can do to us, as one tree.

OutsideError
├── Refused          the other side said no for a reason of the request (400, business rule)
├── Conflict         somebody else changed it, or it exists already (409, 412)
├── NotFound         the object is not there (404)
├── Forbidden        a permission or role is missing, or the target is protected (401, 403)
├── Throttled        come back at `retry_at` (429, or a closed gate)
│   └── CredentialRefused   our own credential is not accepted: all waits for a good one
├── Unreachable      no answer that means anything (network, 5xx); repeating is safe
├── NotVerified      the effect was not seen within the settle time
├── OutcomeUnknown   a write was sent and its fate cannot be read: a person decides, never a blind repeat
└── WriteInPlan      something tried to write through a read-only world: a bug, never retried
"""

from __future__ import annotations

from datetime import datetime


class OutsideError(Exception):
    """Something outside did not go as asked.

    Args:
        message: subject and cause in one sentence, without secrets or ticket text.
        hint: the next step for the person who reads it.
        subject: what it is about, for instance `user 5f…` or `POST /groups/{id}/members/$ref`.
        code: the other system's own error code, if it gave one.
        request_id: the other system's id of the request, for its support.
    """

    def __init__(
        self, message: str, *, hint: str = "", subject: str = "", code: str = "", request_id: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.subject = subject
        self.code = code
        self.request_id = request_id


class Refused(OutsideError):  # noqa: N818 - errors are named for what happened
    """The other side refused this request; the same request will be refused again."""


class Conflict(OutsideError):  # noqa: N818
    """It exists already, or it was changed meanwhile."""


class NotFound(OutsideError):  # noqa: N818
    """The object is not there."""


class Forbidden(OutsideError):  # noqa: N818
    """A permission is missing or the target is protected."""


class Throttled(OutsideError):  # noqa: N818
    """The service asks to wait.

    Args:
        retry_at: when the next request may be sent (aware, UTC).
    """

    def __init__(
        self, message: str, *, retry_at: datetime, hint: str = "", subject: str = "", code: str = ""
    ) -> None:
        super().__init__(message, hint=hint, subject=subject, code=code)
        self.retry_at = retry_at


class CredentialRefused(Throttled):
    """An authority does not accept our credential or registration: whatever was asked waits for a good one.

    The credential is looked at again at `retry_at`, so that all goes on by itself with a new one.
    """


class Unreachable(OutsideError):  # noqa: N818
    """No meaningful answer came, and nothing was changed by the request; it may be repeated."""


class NotVerified(OutsideError):  # noqa: N818
    """The write was accepted but its effect was not seen within the settle time."""


class OutcomeUnknown(OutsideError):  # noqa: N818
    """A write was sent and nobody can tell whether it took effect."""


class WriteInPlan(OutsideError):  # noqa: N818
    """A write reached a read-only world."""
