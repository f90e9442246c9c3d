"""An httpx client in the shape MSAL asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class MsalHttp:
    """What MSAL calls instead of a `requests.Session`; time-outs and trust are the inner client's.

    MSAL hands a signed assertion over as bytes, which httpx would write into the form as `b'…'`.
    """

    inner: httpx.Client

    def get(
        self, url: str, *, params: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a GET and return the answer."""
        return self.inner.get(url, params=params, headers=headers)

    def post(
        self,
        url: str,
        *,
        data: Mapping[str, str | bytes],
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send a form and return the answer."""
        form = {name: value.decode() if isinstance(value, bytes) else value for name, value in data.items()}
        return self.inner.post(url, data=form, params=params, headers=headers)

    def close(self) -> None:
        """Leave the inner client open: it belongs to whoever made it."""
