"""Licences: what was bought, what somebody holds, giving and taking."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from actions.clients.call import Call
from actions.clients.graph.odata import user_path
from actions.clients.graph.pages import everything
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import AssignedLicense, LicenseDetail, Sku
from actions.clients.http import Api


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

    async def change(
        self, user_id: str, *, add: Sequence[AssignedLicense] = (), remove: Sequence[str] = ()
    ) -> None:
        """Give and take licences in one step; a given one takes over the switched-off plans as told.

        Raises:
            Refused: no seat, no `usageLocation`, a conflict of service plans, or a licence that comes
                through a group.
        """
        given = [{"skuId": one.sku_id, "disabledPlans": list(one.disabled_plans)} for one in add]
        await self.api.send(
            Call(
                method="POST",
                path=f"{user_path(user_id)}/assignLicense",
                json={"addLicenses": given, "removeLicenses": list(remove)},
                repeatable=True,
                permission=PERMISSIONS["licenses.change"],
            )
        )
