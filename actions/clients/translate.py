"""From a failed answer to one of our errors: pure, and never with a word of the answer's body in it."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx

from actions.clients.call import Call, Json
from actions.errors import Conflict, Forbidden, NotFound, OutsideError, Refused, Unreachable

_CODE = re.compile(r"[A-Za-z0-9_.\-]{1,80}")
_REQUEST_ID_HEADERS = ("request-id", "x-ms-request-id", "x-ms-client-request-id", "x-transaction-id")


def body_of(response: httpx.Response) -> Any:
    """Return the parsed JSON, else the text, else `None` for an empty body.

    Raises:
        ValueError: it claims to be JSON and is not.
    """
    if not response.content.strip():
        return None
    if "json" in response.headers.get("content-type", ""):
        return json.loads(response.content)
    return response.text


def is_page(response: httpx.Response) -> bool:
    """Tell whether a web page came instead of data: a proxy, a login form, a hibernating instance."""
    if "html" in response.headers.get("content-type", "").lower():
        return True
    return response.content[:200].lstrip().lower().startswith((b"<!doctype html", b"<html"))


def request_id(response: httpx.Response) -> str:
    """Return the service's own id of the request, for its support; empty when it gave none."""
    return next((response.headers[name] for name in _REQUEST_ID_HEADERS if name in response.headers), "")


def error_code(response: httpx.Response) -> str:
    """Return the service's error code, or the empty string.

    Graph, ARM and Key Vault wrap it in `error`, Automation sometimes does not (azure-automation.md
    section 7), OAuth has a plain string there. Anything that does not look like a code is left out.
    """
    try:
        body = body_of(response)
    except ValueError:
        return ""
    outer: Json = body if isinstance(body, dict) else {}
    inner = outer.get("error", outer)
    found = inner.get("code", "") if isinstance(inner, dict) else inner
    return found if isinstance(found, str) and _CODE.fullmatch(found) else ""


def refusal(service: str, call: Call, response: httpx.Response, hint_403: str) -> OutsideError:
    """Translate a 4xx answer that is not about waiting; `hint_403` says who must click what."""
    code = error_code(response)
    said = f"{response.status_code} {code}".strip()
    kinds: dict[int, tuple[type[OutsideError], str]] = {
        401: (Forbidden, "Check the credential of our app registration; `triage doctor` tests it."),
        403: (Forbidden, hint_403),
        404: (NotFound, "It was deleted, moved, or our identity may not see it."),
        409: (Conflict, "Read it again and decide anew."),
        412: (Conflict, "Somebody changed it meanwhile: read it again and decide anew."),
        410: (Refused, "What was asked for has expired: start the reading from the beginning."),
    }
    kind, hint = kinds.get(response.status_code, (Refused, "The same request will be refused again."))
    return kind(
        f"{service} refused {call.subject} ({said}).",
        hint=hint,
        subject=call.subject,
        code=code,
        request_id=request_id(response),
    )


def no_answer(service: str, call: Call, cause: str, response: httpx.Response | None = None) -> Unreachable:
    """Say that no meaningful answer came; `cause` is a few words of ours."""
    return Unreachable(
        f"{service} gave no usable answer to {call.subject}: {cause}.",
        hint=f"It is tried again; if that lasts, check the network path and the health page of {service}.",
        subject=call.subject,
        code=error_code(response) if response is not None else "",
        request_id=request_id(response) if response is not None else "",
    )
