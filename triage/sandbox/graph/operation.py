"""A row of Graph's permission table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.responses import Response

from triage.sandbox.graph.calls import Call


@dataclass(frozen=True, slots=True)
class Operation:
    """A row of the permission table: a token must hold all of `needs`, itself or a broader one.

    Where the permission depends on what is asked for (PATCH by property, `signInActivity`), the handler
    checks the rest.
    """

    method: str
    path: str
    handler: Callable[[Call], Response]
    needs: tuple[str, ...] = ()
