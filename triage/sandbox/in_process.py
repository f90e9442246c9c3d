"""Reaches the sandbox's apps without a network: one transport for all of them, and the addresses it knows."""

from __future__ import annotations

import httpx

from triage.sandbox.apps import Apps, Places
from triage.sandbox.endpoints import Endpoints, endpoints_at

_URLS = {name: f"https://{name}.sandbox.invalid" for name in ("graph", "arm", "vault", "servicenow")}


class InProcess(httpx.AsyncBaseTransport):
    """Hands each request to the app its host name stands for; what an app raises, the caller sees."""

    def __init__(self, made: Apps) -> None:
        self._inner = {
            httpx.URL(url).host: httpx.ASGITransport(getattr(made, name)) for name, url in _urls().items()
        }

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the app's answer.

        Raises:
            httpx.ConnectError: no app has this host name.
        """
        inner = self._inner.get(request.url.host)
        if inner is None:
            raise httpx.ConnectError(f"the sandbox has no host {request.url.host}", request=request)
        return await inner.handle_async_request(request)


def endpoints_in_process(made: Apps) -> Endpoints:
    """Return where the apps are for a client on `InProcess`."""
    return endpoints_at(made.tenant, _urls(), ca_file=None)


def _urls() -> dict[str, str]:
    places = Places()
    return _URLS | {"entra": places.entra, "browser": places.browser}
