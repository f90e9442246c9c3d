"""The service plans each licence of the make-believe company brings, and which exclude each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from triage.sandbox.records import Json, Sku
from triage.sandbox.tenant import stable_id

_PLANS: Final[Mapping[str, tuple[str, ...]]] = {
    "SPE_E3": ("EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "TEAMS1", "INTUNE_A"),
    "SPE_E5": ("EXCHANGE_S_ENTERPRISE", "SHAREPOINTENTERPRISE", "TEAMS1", "INTUNE_A", "BI_AZURE_P2"),
    "SPE_F1": ("EXCHANGE_S_DESKLESS", "SHAREPOINTDESKLESS", "TEAMS1", "INTUNE_A"),
}
_EXCLUSIVE: Final = (
    {"EXCHANGE_S_DESKLESS", "EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"},
    {"SHAREPOINTDESKLESS", "SHAREPOINTSTANDARD", "SHAREPOINTENTERPRISE"},
)


def plans_of(sku: Sku) -> list[Json]:
    """Return the service plans as Graph lists them; a plan has one id in every licence that brings it."""
    names = _PLANS.get(sku.part_number, (sku.part_number,))
    return [
        {"servicePlanId": stable_id("plan", name), "servicePlanName": name, "appliesTo": "User"}
        for name in names
    ]


def excluded(skus: Iterable[Sku]) -> bool:
    """Tell whether licences together bring two service plans of which a person can have one."""
    brought = {plan["servicePlanName"] for sku in skus for plan in plans_of(sku)}
    return any(len(brought & plans) > 1 for plans in _EXCLUSIVE)
