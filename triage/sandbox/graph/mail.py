"""Accepts mail through Graph into the tenant's outbox, where the sandbox's window shows it."""

from __future__ import annotations

from starlette.responses import Response

from triage.sandbox.graph.calls import Call
from triage.sandbox.graph.errors import GraphError, bad_request
from triage.sandbox.records import Json, Mail
from triage.sandbox.tenant import new_id, record, user_by_key


def send_mail(call: Call) -> Response:
    """POST /users/{from}/sendMail: 202 without a body; what is sent twice is there twice."""
    # Names of action parameters know no letter case; Microsoft's own SDK writes `Message`.
    message = next((value for name, value in call.body.items() if name.lower() == "message"), None)
    if not isinstance(message, dict):
        raise GraphError(400, "ErrorInvalidParameter", "The parameter 'message' is required.")
    sender, to = _sender(call), _recipients(message)
    _check_headers(message)
    mail_id = new_id(call.tenant, "mail")
    body = message.get("body") or {}
    subject = str(message.get("subject", ""))
    sent = Mail(mail_id, call.tenant.clock(), sender, to, subject, str(body.get("content", "")), message)
    call.tenant.outbox.append(sent)
    record(
        call.tenant,
        actor=call.app_name,
        area="mail",
        what="Send mail",
        target=(mail_id, ", ".join(to)),
        before={},
        # A mail may carry a one-time link, so neither its subject nor its text goes into the change log.
        after={"from": sender, "recipients": len(to)},
        correlation=call.client_request_id,
    )
    return Response(status_code=202)


def _sender(call: Call) -> str:
    key = call.keys["user"]
    shared = next((a for a in call.tenant.mailboxes if a.casefold() == key.casefold()), None)
    if shared is not None:
        return shared
    user = user_by_key(call.tenant, key)
    if user is None:
        raise GraphError(404, "ErrorInvalidUser", f"The requested user '{key}' is invalid.")
    if not user["assignedLicenses"] or not user["mail"]:
        message = "The mailbox is either inactive, soft-deleted, or is hosted on-premise."
        raise GraphError(404, "MailboxNotEnabledForRESTAPI", message)
    return str(user["mail"])


def _check_headers(message: Json) -> None:
    for header in message.get("internetMessageHeaders") or []:
        if not str(header.get("name", "")).lower().startswith("x-"):
            raise GraphError(
                400, "InvalidInternetMessageHeader", "The names of custom headers must start with 'x-'."
            )


def _recipients(message: Json) -> tuple[str, ...]:
    found: list[str] = []
    for field in ("toRecipients", "ccRecipients", "bccRecipients"):
        for entry in message.get(field) or []:
            address = entry.get("emailAddress", {}).get("address") if isinstance(entry, dict) else None
            if not isinstance(address, str) or "@" not in address:
                raise bad_request(f"A recipient of '{field}' has no address.")
            found.append(address)
    if not found:
        raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    return tuple(found)
