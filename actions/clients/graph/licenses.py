"""Licences: what was bought, what somebody holds, giving and taking."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from actions.clients.call import Call, Json
from actions.clients.graph.odata import guid, select, user_path
from actions.clients.graph.pages import everything
from actions.clients.graph.permissions import PERMISSIONS
from actions.clients.graph.values import AssignedLicense, LicenseDetail, LicenseHolder, Sku
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

    async def holders(self, sku_id: str) -> tuple[LicenseHolder, ...]:
        """Return the accounts that hold a licence, with when each last signed in; hours behind.

        Raises:
            Forbidden: sign-ins may not be read, or the tenant has no Entra P1.
        """
        params = {
            "$filter": f"assignedLicenses/any(l:l/skuId eq {guid(sku_id)})",
            "$select": select(LicenseHolder.fields()),
        }
        call = Call(method="GET", path="/users", params=params, permission=PERMISSIONS["licenses.holders"])
        return tuple(LicenseHolder.of(item) for item in await everything(self.api, call))

    async def of_user(self, user_id: str) -> tuple[LicenseDetail, ...]:
        """Return somebody's licences, whether direct or through a group."""
        call = get_licenses_of(user_id)
        return tuple(LicenseDetail.of(item) for item in await everything(self.api, call))

    async def give(self, user_id: str, given: AssignedLicense) -> None:
        """Assign a licence; one held already takes over the switched-off plans as told.

        Raises:
            Refused: no seat, no `usageLocation`, or a conflict of service plans.
        """
        await self.give_all(user_id, (given,))

    async def take(self, user_id: str, sku_id: str) -> None:
        """Take a licence; not holding it is fine.

        Raises:
            Refused: it comes through a group.
        """
        await self.take_all(user_id, (sku_id,))

    async def give_all(self, user_id: str, given: Iterable[AssignedLicense]) -> None:
        """Assign several licences at once, or none of them."""
        entries = [{"skuId": one.sku_id, "disabledPlans": list(one.disabled_plans)} for one in given]
        await self._change(user_id, {"addLicenses": entries, "removeLicenses": []})

    async def take_all(self, user_id: str, sku_ids: Collection[str]) -> None:
        """Take several licences at once, or none of them; holding none of them is fine.

        Raises:
            Refused: one of them comes through a group, or only some of them are held.
        """
        try:
            await self._change(user_id, {"addLicenses": [], "removeLicenses": list(sku_ids)})
        except Refused:  # one code for "does not hold it" and for real refusals
            asked = {one.lower() for one in sku_ids}
            if any(one.sku_id.lower() in asked for one in await self.of_user(user_id)):
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
