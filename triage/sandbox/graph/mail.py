"""Accepts mail through Graph into the tenant's outbox, where the sandbox's window shows it."""

from __future__ import annotations

from pydantic import Field
from starlette.responses import Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.graph.calls import Call
from triage.sandbox.graph.errors import GraphError
from triage.sandbox.records import Mail
from triage.sandbox.tenant import new_id, record, user_by_key


class _Address(Body):
    address: str = Field(pattern="@")


class _Recipient(Body):
    email_address: _Address


class _Text(Body):
    content: str = ""


class _Header(Body):
    name: str
    value: str


class _Message(Body):
    subject: str = ""
    body: _Text = _Text()
    to_recipients: list[_Recipient] = Field(default_factory=list)
    cc_recipients: list[_Recipient] = Field(default_factory=list)
    bcc_recipients: list[_Recipient] = Field(default_factory=list)
    internet_message_headers: list[_Header] = Field(default_factory=list)


def send_mail(call: Call) -> Response:
    """POST /users/{from}/sendMail: 202 without a body; what is sent twice is there twice."""
    # Names of action parameters know no letter case; Microsoft's own SDK writes `Message`.
    raw = next((value for name, value in call.body.items() if name.lower() == "message"), None)
    message = parsed(_Message, raw)
    sender, to = _sender(call), _recipients(message)
    _check_headers(message)
    mail_id = new_id(call.tenant, "mail")
    sent = Mail(
        mail_id, call.tenant.clock(), sender, to, message.subject, message.body.content, dict(raw or {})
    )
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


def _check_headers(message: _Message) -> None:
    if not all(header.name.lower().startswith("x-") for header in message.internet_message_headers):
        text = "The names of custom headers must start with 'x-'."
        raise GraphError(400, "InvalidInternetMessageHeader", text)


def _recipients(message: _Message) -> tuple[str, ...]:
    everybody = (*message.to_recipients, *message.cc_recipients, *message.bcc_recipients)
    if not everybody:
        raise GraphError(400, "ErrorInvalidRecipients", "At least one recipient isn't valid.")
    return tuple(recipient.email_address.address for recipient in everybody)
