"""How query options and headers are given to a request builder of msgraph-sdk."""

from __future__ import annotations

from typing import Any

from kiota_abstractions.base_request_configuration import RequestConfiguration


def asking(builder: Any, options: dict[str, Any] | None = None, *, eventual: bool = False) -> Any:
    """Return the configuration with which `builder.get` asks for these options (`select`, `filter`, …)."""
    kind = next(value for name, value in vars(type(builder)).items() if name.endswith("GetQueryParameters"))
    configuration: Any = RequestConfiguration(query_parameters=kind(**(options or {})))
    if eventual:
        configuration.headers.add("ConsistencyLevel", "eventual")
    return configuration
