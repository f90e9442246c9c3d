"""One authorised request to Graph as a value, and the answers handlers give."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from starlette.responses import JSONResponse, Response

from triage.sandbox.graph.errors import denied, not_found, unsupported_query
from triage.sandbox.records import Change, Group, Json
from triage.sandbox.tenant import Tenant, record, user_by_key

# Broader application permissions that include a narrower one (what Graph's documentation lists as higher).
_INCLUDED_IN = {
    "User.Read.All": {"User.ReadWrite.All", "Directory.Read.All"},
    "GroupMember.Read.All": {"GroupMember.ReadWrite.All", "Group.Read.All", "Directory.Read.All"},
    "GroupMember.ReadWrite.All": {"Group.ReadWrite.All"},
    "User.EnableDisableAccount.All": {"User.ReadWrite.All"},
    "User-Phone.ReadWrite.All": {"User.ReadWrite.All"},
    "User-Mail.ReadWrite.All": {"User.ReadWrite.All"},
    "User.RevokeSessions.All": {"User.ReadWrite.All"},
    "LicenseAssignment.Read.All": {"LicenseAssignment.ReadWrite.All", "Organization.Read.All"},
    "Calendars.Read": {"Calendars.ReadWrite"},
    "MailboxSettings.Read": {"MailboxSettings.ReadWrite"},
    "UserAuthenticationMethod.Read.All": {"UserAuthenticationMethod.ReadWrite.All"},
    "UserAuthMethod-TAP.ReadWrite.All": {"UserAuthenticationMethod.ReadWrite.All"},
    "BitlockerKey.ReadBasic.All": {"BitlockerKey.Read.All"},
    "DeviceManagementManagedDevices.Read.All": {"DeviceManagementManagedDevices.ReadWrite.All"},
    "Application.Read.All": {"Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"},
    "Application.ReadWrite.OwnedBy": {"Application.ReadWrite.All"},
    "RoleManagement.Read.Directory": {"RoleManagement.ReadWrite.Directory", "Directory.Read.All"},
}


@dataclass(frozen=True, slots=True)
class Call:
    """A request that passed the permission table.

    `tenant` is what writes go to and preconditions are read from; `seen` is what a reader sees: it may
    lag. `root` is the absolute base (`https://host/v1.0`); `keys` are the path's variables.
    """

    tenant: Tenant
    seen: Tenant
    root: str
    path: str
    keys: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Json
    roles: frozenset[str]
    app_id: str
    app_name: str
    client_request_id: str

    @property
    def eventual(self) -> bool:
        """Whether the caller accepts an index that lags behind writes."""
        return self.headers.get("consistencylevel", "").lower() == "eventual"

    @property
    def counting(self) -> bool:
        """Whether `$count=true` was asked for."""
        return self.query.get("$count", "").lower() == "true"


def allows(roles: Collection[str], needed: Collection[str]) -> bool:
    """Tell whether the roles hold every needed permission, itself or a broader one."""
    held = set(roles)
    return all(name in held or held & _INCLUDED_IN.get(name, set()) for name in needed)


def require(call: Call, *needed: str) -> None:
    """Refuse the call unless its token holds these permissions too.

    Raises:
        GraphError: 403 Authorization_RequestDenied.
    """
    if not allows(call.roles, needed):
        raise denied()


def check_cast(call: Call) -> None:
    """Refuse an OData cast without `ConsistencyLevel: eventual` and `$count=true`.

    Raises:
        GraphError: 400 Request_UnsupportedQuery.
    """
    if not (call.eventual and call.counting):
        raise unsupported_query(
            "An OData cast needs the header 'ConsistencyLevel: eventual' and $count=true."
        )


def user_of(call: Call, tenant: Tenant, key: str = "user") -> Json:
    """Return the user the path names by object id or userPrincipalName.

    Raises:
        GraphError: 404 Request_ResourceNotFound.
    """
    user = user_by_key(tenant, call.keys[key])
    if user is None:
        raise not_found(call.keys[key])
    return user


def group_of(call: Call, tenant: Tenant) -> Group:
    """Return the group the path names by object id.

    Raises:
        GraphError: 404 Request_ResourceNotFound.
    """
    group = tenant.groups.get(call.keys["group"].lower())
    if group is None:
        raise not_found(call.keys["group"])
    return group


def changed(call: Call, what: str, target: Json, before: Json, after: Json) -> Change:
    """Write the effect of this call into the tenant's change log, which Graph shows as directory audits."""
    return record(
        call.tenant,
        actor=call.app_name,
        area="directory",
        what=what,
        target=(target["id"], target["displayName"]),
        before=before,
        after=after,
        correlation=call.client_request_id,
    )


def entity(call: Call, context: str, body: Json) -> Response:
    """Return one object with its OData context, for instance `users/$entity`."""
    return JSONResponse({"@odata.context": f"{call.root}/$metadata#{context}"} | body)


def no_content() -> Response:
    """Return 204, Graph's answer to most writes."""
    return Response(status_code=204)
