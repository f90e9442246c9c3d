"""POST /webhooks/servicenow, a signed hint that a record changed, and what was presented to Verified ID."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, Field, SecretStr, ValidationError

from actions.clients.verified_id import Outcome
from triage.errors import BadInput, NotConfigured, NotSignedIn
from triage.intake.servicenow import fields_of
from triage.store.queue import defer_hint
from triage.web.front import Served
from triage.workflow.presenting import hear_outcome
from triage.workflow.services import Services

router = APIRouter(prefix="/webhooks", tags=["webhooks"])
WINDOW = timedelta(minutes=5)
"""How far the sender's clock may be from ours, and how long a message may be on its way."""


MOST_OF_A_PRESENTATION = 512 * 1024
"""Claims may hold the photo of the credential."""
MOST_BYTES = 4096
"""A hint names a table and a sys_id, and that is little."""


class Hint(BaseModel):
    """Which record changed."""

    table: str = Field(default="incident", max_length=80)
    sys_id: str = Field(min_length=1, max_length=100, pattern=r"^\w+$")


class Heard(BaseModel):
    """That the hint was heard; what comes of it shows at the ticket."""

    status: str = "heard"


@router.post(
    "/servicenow",
    status_code=202,
    responses={401: {"description": "The signature is wrong, or the message is older than five minutes."}},
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": Hint.model_json_schema()}}}},
)
async def servicenow(
    services: Served,
    request: Request,
    timestamp: Annotated[
        str, Header(alias="X-Triage-Timestamp", description="Seconds since 1970 (UTC).")
    ] = "",
    signature: Annotated[
        str,
        Header(
            alias="X-Triage-Signature",
            description="Hex HMAC-SHA256 over timestamp and body, one after the other.",
        ),
    ] = "",
) -> Heard:
    """Hear that a record changed, to be read by a worker; signed, so no token is needed.

    A message that comes again changes nothing, since a ticket is taken in once at each revision.
    """
    body = await request.body()
    if len(body) > MOST_BYTES:
        raise BadInput("the body is longer than a hint can be", hint='Send {"table": …, "sys_id": …}.')
    _refuse_forged(services, timestamp, signature, body)
    try:
        hint = Hint.model_validate_json(body)
    except ValidationError as error:
        raise BadInput("the body names no record", hint='Send {"table": …, "sys_id": …}.') from error
    fields_of(hint.table)
    async with services.engine.begin() as conn:
        await defer_hint(conn, services.queue, hint.table, hint.sys_id)
    return Heard()


@router.post(
    "/verified-id",
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": Outcome.model_json_schema()}}}},
)
async def verified_id(
    services: Served, request: Request, api_key: Annotated[str, Header(alias="api-key")] = ""
) -> Heard:
    """Hear how a presentation went; the answer is the same whatever was said, and by whom."""
    body = await request.body()
    if len(body) > MOST_OF_A_PRESENTATION:
        raise BadInput("the body is longer than a presentation can be", hint="Ask for no photo.")
    try:
        outcome = Outcome.model_validate_json(body)
    except ValidationError:
        return Heard()
    await hear_outcome(services, api_key, outcome)
    return Heard()


def signed(secret: SecretStr, timestamp: str, body: bytes) -> str:
    """Return the hex signature of a message."""
    return hmac.new(secret.get_secret_value().encode(), timestamp.encode() + body, hashlib.sha256).hexdigest()


def _refuse_forged(services: Services, timestamp: str, signature: str, body: bytes) -> None:
    secret = services.settings.servicenow.webhook_secret
    if secret is None or services.servicenow is None:
        raise NotConfigured(
            "hints from ServiceNow are not expected here",
            hint="Set TRIAGE_SERVICENOW__WEBHOOK_SECRET on both sides.",
            subject="TRIAGE_SERVICENOW__WEBHOOK_SECRET",
        )
    expected = signed(secret, timestamp, body)
    given = signature.removeprefix("sha256=").encode()
    if not hmac.compare_digest(expected.encode(), given) or not _recent(timestamp, services.clock()):
        raise NotSignedIn(
            "the signature is wrong, or the message is too old",
            hint="Sign timestamp and body anew with the shared secret; check the clocks of both sides.",
        )


def _recent(timestamp: str, now: datetime) -> bool:
    if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 11:
        return False
    return abs(now - datetime.fromtimestamp(int(timestamp), UTC)) <= WINDOW
