"""One request to a service and its answer, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

Json = dict[str, Any]
"""A JSON object as it came from outside: nothing about it is certain."""


_READING_POSTS = ("/$batch", "/checkMemberGroups", "/getMemberGroups", "/getByIds")


@dataclass(frozen=True, kw_only=True)
class Call:
    """What is asked of a service.

    Attributes:
        method: HTTP method, upper case.
        path: below the service's base URL, or an absolute link of the same service (`@odata.nextLink`).
        params: query parameters, not yet encoded.
        json: body; `None` sends none. It may hold a password, so `repr` leaves it out.
        headers: further request headers.
        repeatable: whether sending it twice equals sending it once; a GET always is.
        permission: least permission or role it needs, told when it is missing.
        bucket: throttled apart from the rest of the service under this name, for instance `mail`.
        units: how many requests the service counts it for.
    """

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    json: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False
    permission: str = ""
    bucket: str = ""
    units: int = 1

    @property
    def writes(self) -> bool:
        """Whether the service counts it among its writes."""
        return self.method != "GET" and not self.path.endswith(_READING_POSTS)

    @property
    def subject(self) -> str:
        """Method and path without the query, as errors and logs name it."""
        return f"{self.method} {httpx.URL(self.path).path}"

    @property
    def safe_to_repeat(self) -> bool:
        """Whether a lost answer may simply be asked for again."""
        return self.repeatable or self.method == "GET"


@dataclass(frozen=True)
class Answer:
    """What a service answered with success.

    Attributes:
        status: 2xx.
        body: parsed JSON, or text when the service sent text, or `None` when it sent nothing.
        headers: case-insensitive.
    """

    status: int
    body: Any
    headers: httpx.Headers

    @property
    def object(self) -> Json:
        """The body as a JSON object; anything else counts as an empty one."""
        return self.body if isinstance(self.body, dict) else {}

    @property
    def text(self) -> str:
        """The body as text; no text counts as empty."""
        return self.body if isinstance(self.body, str) else ""
