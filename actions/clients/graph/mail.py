"""Mail that we send: accepted is not delivered, and a second call would be a second mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.clients.call import Call
from actions.clients.graph.odata import user_path
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.http import Api

MARKER_HEADER = "x-triage-operation"
"""Internet message header that names our operation, so that a doubled mail is recognised."""


@dataclass(frozen=True)
class Mail:
    """Sending from one of the tenant's mailboxes."""

    api: Api

    async def send(self, sender: str, to: Sequence[str], subject: str, body: str, *, marker: str) -> None:
        """Send a plain-text mail from `sender` (UPN) to the addresses `to`; not repeatable.

        Raises:
            OutcomeUnknown: no answer came; it may have gone out.
        """
        message = {
            "subject": subject,
            "body": {"contentType": "Text", "content": body},
            "toRecipients": [{"emailAddress": {"address": address}} for address in to],
            "internetMessageHeaders": [{"name": MARKER_HEADER, "value": marker}],
        }
        await self.api.send(
            Call(
                method="POST",
                path=f"{user_path(sender)}/sendMail",
                json={"message": message, "saveToSentItems": False},
                permission=PERMISSIONS["mail.send"],
                bucket="mail",
            )
        )
