"""Licences in Graph: what the company bought, what a person holds, and giving and taking them."""

from __future__ import annotations

from starlette.responses import Response

from triage.sandbox.bodies import Body, parsed
from triage.sandbox.founding import graph_time, licence_state
from triage.sandbox.graph.calls import Call, changed, entity, user_of
from triage.sandbox.graph.errors import bad_request, unsupported_query
from triage.sandbox.graph.pages import Kind, collection, projected
from triage.sandbox.graph.shapes import USER
from triage.sandbox.plans import excluded, plans_of
from triage.sandbox.records import Json, Sku
from triage.sandbox.tenant import Tenant, consumed_seats, stable_id

_SKU_NAMES = (
    *("id", "skuId", "skuPartNumber", "capabilityStatus", "appliesTo", "consumedUnits", "prepaidUnits"),
    *("servicePlans", "accountId", "accountName"),
)
_SKU = Kind("subscribedSkus", frozenset(_SKU_NAMES), _SKU_NAMES)
_DETAIL_NAMES = ("id", "skuId", "skuPartNumber", "servicePlans")
_DETAIL = Kind("licenseDetails", frozenset(_DETAIL_NAMES), _DETAIL_NAMES)


class _Licence(Body):
    sku_id: str
    disabled_plans: list[str] | None = None


class _Licences(Body):
    add_licenses: list[_Licence]
    remove_licenses: list[str]


def subscribed_skus(call: Call) -> Response:
    """GET /subscribedSkus: seats bought and taken; `$filter` is not offered."""
    if "$filter" in call.query:
        raise unsupported_query("$filter is not supported on subscribedSkus.")
    return collection(call, [_sku_json(call.seen, sku) for sku in call.seen.skus.values()], _SKU)


def licence_details(call: Call) -> Response:
    """GET /users/{id}/licenseDetails: the licences a person holds, with their service plans."""
    user = user_of(call, call.seen)
    held = [call.seen.skus[entry["skuId"]] for entry in user["assignedLicenses"]]
    items: list[Json] = [
        {
            "id": stable_id(user["id"], sku.sku_id),
            "skuId": sku.sku_id,
            "skuPartNumber": sku.part_number,
            "servicePlans": _provisioned(sku),
        }
        for sku in held
    ]
    return collection(call, items, _DETAIL)


def assign_licence(call: Call) -> Response:
    """POST /users/{id}/assignLicense: both lists are required; a licence given again replaces its plans."""
    user = user_of(call, call.tenant)
    asked = parsed(_Licences, call.body)
    add = {entry.sku_id.lower(): entry.disabled_plans or [] for entry in asked.add_licenses}
    remove = [sku_id.lower() for sku_id in asked.remove_licenses]
    _check_licences(call.tenant, user, add, remove)
    before = _part_numbers(call.tenant, user)
    now = graph_time(call.tenant.clock())
    gone = set(remove) | set(add)
    for field in ("assignedLicenses", "licenseAssignmentStates"):
        user[field] = [entry for entry in user[field] if entry["skuId"] not in gone]
    for sku_id, plans in add.items():
        user["assignedLicenses"].append({"skuId": sku_id, "disabledPlans": plans})
        user["licenseAssignmentStates"].append(licence_state(sku_id, now) | {"disabledPlans": plans})
    after = _part_numbers(call.tenant, user)
    changed(call, "Change user license", user, {"licenses": before}, {"licenses": after})
    return entity(call, "users/$entity", projected(call, user, USER))


def _check_licences(tenant: Tenant, user: Json, add: dict[str, list[str]], remove: list[str]) -> None:
    held = {entry["skuId"] for entry in user["assignedLicenses"]}
    if add and not user["usageLocation"]:
        raise bad_request("License assignment cannot be done for user with invalid usage location.")
    unknown = {*add, *remove} - tenant.skus.keys()
    if unknown:
        raise bad_request(f"License {min(unknown)} does not correspond to a valid company License.")
    _check_removals(user, held, remove)
    off = {plan for plans in add.values() for plan in plans}
    after = (held | set(add)) - set(remove)
    if add and not off and excluded(tenant.skus[sku_id] for sku_id in after):
        raise bad_request("License assignment failed because service plans are mutually exclusive.")
    for sku_id in add:
        if sku_id not in held and consumed_seats(tenant, sku_id) >= tenant.skus[sku_id].enabled:
            raise bad_request(f"Subscription with SKU {sku_id} does not have any available licenses.")


def _check_removals(user: Json, held: set[str], remove: list[str]) -> None:
    by_group = {e["skuId"] for e in user["licenseAssignmentStates"] if e["assignedByGroup"]}
    for sku_id in remove:
        if sku_id not in held:
            raise bad_request("User does not have a corresponding license.")
        if sku_id in by_group:
            raise bad_request(
                "User license is inherited from a group membership and it cannot be removed directly."
            )


def _part_numbers(tenant: Tenant, user: Json) -> list[str]:
    return sorted(tenant.skus[entry["skuId"]].part_number for entry in user["assignedLicenses"])


def _sku_json(tenant: Tenant, sku: Sku) -> Json:
    return {
        "id": f"{tenant.id}_{sku.sku_id}",
        "skuId": sku.sku_id,
        "skuPartNumber": sku.part_number,
        "capabilityStatus": "Enabled",
        "appliesTo": "User",
        "consumedUnits": consumed_seats(tenant, sku.sku_id),
        "prepaidUnits": {"enabled": sku.enabled, "suspended": 0, "warning": 0, "lockedOut": 0},
        "servicePlans": _provisioned(sku),
        "accountId": tenant.id,
        "accountName": tenant.display_name,
    }


def _provisioned(sku: Sku) -> list[Json]:
    return [plan | {"provisioningStatus": "Success"} for plan in plans_of(sku)]
