"""Temporary Access Passes in Graph: one a person, told once, replaced by the next."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from pydantic import Field
from starlette.responses import JSONResponse, Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.founding import graph_time
from triage.sandbox.graph.calls import Call, changed, no_content, user_of
from triage.sandbox.graph.errors import bad_request, denied, not_found
from triage.sandbox.graph.pages import Kind, collection
from triage.sandbox.graph.roles import is_protected
from triage.sandbox.records import Json
from triage.sandbox.tenant import new_id

_TYPE = "#microsoft.graph.temporaryAccessPassAuthenticationMethod"
_NAMES = (
    *("id", "temporaryAccessPass", "createdDateTime", "startDateTime", "lifetimeInMinutes"),
    *("isUsableOnce", "isUsable", "methodUsabilityReason"),
)
_KIND = Kind("users/authentication/temporaryAccessPassMethods", frozenset(_NAMES), _NAMES)


class _Asked(Body):
    lifetime_in_minutes: int = Field(default=60, ge=10, le=43_200)
    is_usable_once: bool = False
    start_date_time: str | None = None


def list_passes(call: Call) -> Response:
    """GET …/temporaryAccessPassMethods: the pass without its value."""
    held = user_of(call, call.tenant)["authenticationMethods"]
    return collection(call, [_as_of(call, one) for one in held if one["@odata.type"] == _TYPE], _KIND)


def issue_pass(call: Call) -> Response:
    """POST …/temporaryAccessPassMethods: 201 with the value, which nobody is told again."""
    user, asked = user_of(call, call.tenant), parsed(_Asked, call.body)
    if user["userType"] == "Guest":
        raise bad_request("Temporary Access Pass cannot be added to an external guest user.")
    if is_protected(call.tenant, user["id"]):
        raise denied()
    now = call.tenant.clock()
    made: Json = {
        "@odata.type": _TYPE,
        "id": new_id(call.tenant, "pass"),
        "createdDateTime": graph_time(now),
        "startDateTime": graph_time(_start(asked, now)),
        "lifetimeInMinutes": asked.lifetime_in_minutes,
        "isUsableOnce": asked.is_usable_once,
    }
    others = [one for one in user["authenticationMethods"] if one["@odata.type"] != _TYPE]
    user["authenticationMethods"] = [*others, made]
    changed(call, "Admin registered temporary access pass method for user", user, {}, {"passId": made["id"]})
    shown = _as_of(call, made) | {"temporaryAccessPass": secrets.token_urlsafe(9)}
    return JSONResponse({"@odata.context": f"{call.root}/$metadata#{_KIND.context}/$entity"} | shown, 201)


def remove_pass(call: Call) -> Response:
    """DELETE …/temporaryAccessPassMethods/{id}."""
    user, wanted = user_of(call, call.tenant), call.keys["method"].lower()
    held = user["authenticationMethods"]
    kept = [one for one in held if not (one["@odata.type"] == _TYPE and one["id"] == wanted)]
    if len(kept) == len(held):
        raise not_found(wanted)
    user["authenticationMethods"] = kept
    changed(call, "Admin deleted temporary access pass method for user", user, {"passId": wanted}, {})
    return no_content()


def _start(asked: _Asked, now: datetime) -> datetime:
    if asked.start_date_time is None:
        return now
    try:
        start = datetime.fromisoformat(asked.start_date_time)
    except ValueError:
        raise bad_request("Invalid value specified for property 'startDateTime'.") from None
    if start.tzinfo is None or start < now - timedelta(minutes=1):
        raise bad_request("The start time of a Temporary Access Pass must not be in the past.")
    return start


def _as_of(call: Call, held: Json) -> Json:
    start = datetime.fromisoformat(held["startDateTime"])
    end, now = start + timedelta(minutes=held["lifetimeInMinutes"]), call.tenant.clock()
    reason = "NotYetValid" if now < start else "EnabledByPolicy" if now < end else "Expired"
    told = {"temporaryAccessPass": None, "isUsable": reason == "EnabledByPolicy"}
    return held | told | {"methodUsabilityReason": reason}
