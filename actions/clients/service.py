"""The facts of one API, and where a call to it goes."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from actions.clients.bearer import app_roles, includes
from actions.clients.call import Call
from actions.errors import Refused


@dataclass(frozen=True, kw_only=True)
class Service:
    """The facts of one API.

    Attributes:
        key: its name at the gate.
        name: its name for people.
        base_url: without a slash at the end.
        scope: what tokens are asked for.
        grant: who must click what when a permission is missing; `{permission}` stands for it.
        consent: whether permissions are app roles inside the token (Graph) or looked up elsewhere.
        request_id_header: the header that carries our request id.
        concurrency: how many requests may be under way at once.
    """

    key: str
    name: str
    base_url: str
    scope: str
    grant: str
    consent: bool = False
    request_id_header: str = "client-request-id"
    concurrency: int = 8

    def gates(self, call: Call) -> tuple[str, ...]:
        """Return the gates that have to be open for `call`: the service's, its writes', its own bucket's."""
        writes = (f"{self.key}.writes",) if call.writes else ()
        own = (f"{self.key}.{call.bucket}",) if call.bucket else ()
        return (self.key, *writes, *own)

    def gate(self, call: Call, *, writes: bool = False) -> str:
        """Return the gate that a refusal of `call` closes; `writes`: it was for its being a write only."""
        return f"{self.key}.writes" if writes else self.gates(call)[-1] if call.bucket else self.key

    def address(self, call: Call) -> httpx.URL:
        """Return where `call` goes.

        Raises:
            Refused: it is a link to another host; our token would go there.
        """
        if call.path.startswith("/"):
            return httpx.URL(self.base_url + call.path)
        base, url = httpx.URL(self.base_url), httpx.URL(call.path)
        if (url.scheme, url.host, url.port) != (base.scheme, base.host, base.port):
            raise Refused(
                f"{self.name} gave a link to another host ({url.host}), which is not followed.",
                hint="Our token would go there. Check the configured address of the service.",
                subject=call.subject,
            )
        return url

    def lacks(self, call: Call, token: str) -> bool:
        """Tell whether the token shows that the call's permission was not consented to."""
        roles = app_roles(token) if self.consent else None
        return bool(call.permission) and roles is not None and not includes(roles, call.permission)

    def hint_403(self, call: Call, token: str) -> str:
        """Say who must click what after a 403 (Graph: one code for a missing role and a protected target)."""
        if self.consent and call.permission and not self.lacks(call, token):
            return (
                f"Our app has {call.permission}, so the target is protected: an administrator, or in a"
                " restricted administrative unit. A person with the right role must do it."
            )
        return self.grant.format(permission=call.permission or "for this call")
