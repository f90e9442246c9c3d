"""The API of a running service, as commands use it that speak for a person.

What a person answers or asks for needs that person's token for our API in `TRIAGE_TOKEN`, for instance from
`az account get-access-token --scope api://CLIENT_ID/.default`; there it is out of the process list.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from actions.connect import tls
from triage.errors import NotConfigured, TriageError
from triage.settings import load_settings

TOKEN = "TRIAGE_TOKEN"  # noqa: S105 - the name of the variable
_TIMEOUT_SECONDS = 30.0


@contextmanager
def remote() -> Iterator[httpx.Client]:
    """Open a client of the running service, with the person's token.

    Raises:
        NotConfigured: there is no token, or no service where the settings say it is.
    """
    settings = load_settings()
    token = os.environ.get(TOKEN, "")
    if not token:
        raise NotConfigured(
            "no token: an answer needs a person",
            hint=f"Put a token for our API into {TOKEN}, or use the page at {settings.web.public_url}.",
            subject=TOKEN,
        )
    client = httpx.Client(
        base_url=f"{settings.web.public_url.rstrip('/')}/api/v1",
        headers={"Authorization": f"Bearer {token}"},
        verify=tls(settings.ca_file),
        timeout=_TIMEOUT_SECONDS,
    )
    try:
        with client:
            yield client
    except httpx.TransportError as error:
        raise NotConfigured(
            f"the service does not answer: {type(error).__name__}",
            hint="Start it with `triage serve`, or set TRIAGE_WEB__PUBLIC_URL.",
            subject=settings.web.public_url,
        ) from None


def told(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON of an answer.

    Raises:
        TriageError: the service refused; its own words and next step are passed on.
    """
    found: dict[str, Any] = response.json() if "json" in response.headers.get("content-type", "") else {}
    if response.is_success:
        return found
    detail = found.get("detail") or f"the service answered {response.status_code}"
    raise TriageError(detail, hint=found.get("hint", ""), subject=found.get("subject", ""))
