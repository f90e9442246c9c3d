"""Licences: what was bought, what somebody holds, giving and taking."""

from __future__ import annotations

from dataclasses import dataclass

from actions.clients.call import Call, Json
from actions.clients.graph.odata import user_path
from actions.clients.graph.pages import everything
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import AssignedLicense, LicenseDetail, Sku
from actions.clients.http import Api
from actions.errors import Refused


def get_licenses_of(user_id: str) -> Call:
    """Ask for somebody's licences by name."""
    return Call(
        method="GET",
        path=f"{user_path(user_id)}/licenseDetails",
        params={"$select": "skuId,skuPartNumber"},
        permission=PERMISSIONS["licenses.of_user"],
    )


@dataclass(frozen=True)
class Licenses:
    """Licences of the tenant."""

    api: Api

    async def skus(self) -> tuple[Sku, ...]:
        """Return what the tenant bought; the counts lag a little, so a seat can vanish before it is taken."""
        call = Call(method="GET", path="/subscribedSkus", permission=PERMISSIONS["licenses.skus"])
        return tuple(Sku.of(item) for item in await everything(self.api, call))

    async def of_user(self, user_id: str) -> tuple[LicenseDetail, ...]:
        """Return somebody's licences, whether direct or through a group."""
        call = get_licenses_of(user_id)
        return tuple(LicenseDetail.of(item) for item in await everything(self.api, call))

    async def give(self, user_id: str, given: AssignedLicense) -> None:
        """Assign a licence; one held already takes over the switched-off plans as told.

        Raises:
            Refused: no seat, no `usageLocation`, or a conflict of service plans.
        """
        entry = {"skuId": given.sku_id, "disabledPlans": list(given.disabled_plans)}
        await self._change(user_id, {"addLicenses": [entry], "removeLicenses": []})

    async def take(self, user_id: str, sku_id: str) -> None:
        """Take a licence; not holding it is fine.

        Raises:
            Refused: it comes through a group.
        """
        try:
            await self._change(user_id, {"addLicenses": [], "removeLicenses": [sku_id]})
        except Refused:  # one code for "does not hold it" and for real refusals
            if any(one.sku_id.lower() == sku_id.lower() for one in await self.of_user(user_id)):
                raise

    async def _change(self, user_id: str, body: Json) -> None:
        await self.api.send(
            Call(
                method="POST",
                path=f"{user_path(user_id)}/assignLicense",
                json=body,
                repeatable=True,
                permission=PERMISSIONS["licenses.give"],
            )
        )
