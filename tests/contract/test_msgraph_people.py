"""Microsoft's own client of Graph reads and changes people of the sandbox, with its own types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgraph.generated.models.invitation import Invitation
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_update import ReferenceUpdate
from msgraph.generated.models.user import User
from msgraph.generated.users.item.check_member_groups.check_member_groups_post_request_body import (
    CheckMemberGroupsPostRequestBody,
)

from tests.contract.asking import asking
from tests.contract.proofs import proves
from triage.sandbox.graph.operations import OPERATIONS
from triage.sandbox.graph.roles import is_protected
from triage.sandbox.records import Json
from triage.sandbox.server import Sandbox
from triage.sandbox.tenant import opens_account

CLIENT = "msgraph-sdk"
Fresh = Callable[[], Json]


@proves("users.get", "users.last_sign_in")
async def test_it_reads_a_person_with_the_last_sign_in(graph: Any, fresh: Fresh) -> None:
    person = fresh()
    builder = graph.users.by_user_id(person["id"])
    names = ["id", "displayName", "accountEnabled", "assignedLicenses", "signInActivity", "createdDateTime"]
    user = await builder.get(asking(builder, {"select": names}))
    assert (user.display_name, user.account_enabled) == (person["displayName"], True)
    assert str(user.assigned_licenses[0].sku_id) == person["assignedLicenses"][0]["skuId"]
    assert user.sign_in_activity.last_sign_in_date_time.tzinfo is not None
    assert user.department is None  # not asked for


@proves("users.find_by_address", "users.find_by_employee_id", "users.of_department")
async def test_it_finds_people_by_filter(graph: Any, fresh: Fresh) -> None:
    person = fresh()
    address = person["mail"]
    by_name = f"userPrincipalName eq '{address}' or mail eq '{address}'"
    for where in (
        f"{by_name} or proxyAddresses/any(p:p eq 'smtp:{address}')",
        f"employeeId eq '{person['employeeId']}'",
        f"department eq '{person['department']}' and startswith(displayName,'{person['givenName']}')",
    ):
        found = await graph.users.get(asking(graph.users, {"filter": where, "select": ["id"]}))
        assert person["id"] in {user.id for user in found.value}, where


async def test_it_searches_by_name_and_counts(graph: Any, fresh: Fresh) -> None:
    person = fresh()
    search = f'"displayName:{person["givenName"]}"'
    options = {"search": search, "count": True, "orderby": ["displayName"]}
    found = await graph.users.get(asking(graph.users, options, eventual=True))
    assert found.odata_count == len(found.value)
    assert person["id"] in {user.id for user in found.value}


@proves("users.everyone")
async def test_it_pages_through_people(graph: Any, sandbox: Sandbox) -> None:
    team = [user for user in sandbox.apps.tenant.users.values() if user["department"] == "Finance"]
    options = {"top": len(team) // 2, "select": ["id"], "filter": "department eq 'Finance'"}
    page = await graph.users.get(asking(graph.users, options))
    found = [user.id for user in page.value]
    while page.odata_next_link:
        page = await graph.users.with_url(page.odata_next_link).get()
        found += [user.id for user in page.value]
    assert len(found) == len(set(found)) == len(team)


async def test_it_counts_everybody(graph: Any, sandbox: Sandbox) -> None:
    configuration = asking(graph.users.count, eventual=True)
    assert await graph.users.count.get(configuration) == len(sandbox.apps.tenant.users)


async def test_it_follows_changes_by_delta(graph: Any, fresh: Fresh) -> None:
    builder, person = graph.users.delta, fresh()
    options = {"select": ["id", "jobTitle"], "filter": f"id eq '{person['id']}'"}
    page = await builder.get(asking(builder, options))
    assert [user.id for user in page.value] == [person["id"]]
    await graph.users.by_user_id(person["id"]).patch(User(job_title="Changed meanwhile"))
    page = await builder.with_url(page.odata_delta_link).get()
    assert [(user.id, user.job_title) for user in page.value] == [(person["id"], "Changed meanwhile")]


@proves("users.create", "users.delete")
async def test_it_creates_and_deletes_a_person(graph: Any, sandbox: Sandbox) -> None:
    tenant = sandbox.apps.tenant
    wanted = User(
        account_enabled=True,
        display_name="Nora Proof",
        mail_nickname="nora.proof",
        user_principal_name=f"nora.proof@{tenant.domain}",
        password_profile=PasswordProfile(
            password="Winter-Boat-4711", force_change_password_next_sign_in=True
        ),
        usage_location="DE",
    )
    made = await graph.users.post(wanted)
    with pytest.raises(ODataError, match="userPrincipalName already exists"):
        await graph.users.post(wanted)
    assert tenant.users[made.id]["displayName"] == "Nora Proof"
    await graph.users.by_user_id(made.id).delete()
    assert made.id not in tenant.users


@proves("users.invite")
@pytest.mark.skipif(
    "/invitations" not in {operation.path for operation in OPERATIONS}, reason="no action invites guests yet"
)
async def test_it_invites_a_guest_once(graph: Any, sandbox: Sandbox) -> None:
    wanted = Invitation(
        invited_user_email_address="guest@partner.example",
        invite_redirect_url="https://myapps.microsoft.com",
        send_invitation_message=False,
    )
    first, again = (await graph.invitations.post(wanted), await graph.invitations.post(wanted))
    assert first.invited_user.id == again.invited_user.id
    assert sandbox.apps.tenant.users[first.invited_user.id]["userType"] == "Guest"


@proves("users.manager", "users.set_manager", "users.remove_manager")
async def test_it_reads_sets_and_removes_a_manager(graph: Any, fresh: Fresh) -> None:
    person, boss = fresh(), fresh()
    builder = graph.users.by_user_id(person["id"]).manager
    link = f"https://graph.microsoft.com/v1.0/users/{boss['id']}"
    await builder.ref.put(ReferenceUpdate(odata_id=link))
    assert (await builder.get()).id == boss["id"]
    await builder.ref.delete()


@proves("users.set_password", "users.set_enabled", "users.update")
async def test_it_changes_a_person(graph: Any, sandbox: Sandbox, fresh: Fresh) -> None:
    person, password = fresh(), "Winter-Boat-4711"
    builder = graph.users.by_user_id(person["id"])
    profile = PasswordProfile(password=password, force_change_password_next_sign_in=True)
    assert await builder.patch(User(password_profile=profile)) is None
    assert await builder.patch(User(account_enabled=False)) is None
    assert await builder.patch(User(department="Stores")) is None
    names = ["accountEnabled", "department", "lastPasswordChangeDateTime"]
    user = await builder.get(asking(builder, {"select": names}))
    assert (user.account_enabled, user.department) == (False, "Stores")
    assert opens_account(sandbox.apps.tenant, person["id"], password)


@proves("users.revoke_sessions")
async def test_it_ends_sessions(graph: Any, fresh: Fresh) -> None:
    answer = await graph.users.by_user_id(fresh()["id"]).revoke_sign_in_sessions.post()
    assert answer.value is True


@proves("factors.of_user", "factors.remove_phone", "factors.remove_app")
async def test_it_lists_and_removes_second_factors(graph: Any, fresh: Fresh) -> None:
    person = next(one for one in iter(fresh, None) if len(one["authenticationMethods"]) == 3)
    builder = graph.users.by_user_id(person["id"]).authentication
    methods = (await builder.methods.get()).value
    kinds = {method.odata_type.rpartition(".")[2]: method.id for method in methods}
    app, phone = kinds["microsoftAuthenticatorAuthenticationMethod"], kinds["phoneAuthenticationMethod"]
    apps = builder.microsoft_authenticator_methods
    await apps.by_microsoft_authenticator_authentication_method_id(app).delete()
    await builder.phone_methods.by_phone_authentication_method_id(phone).delete()
    assert [m.odata_type.rpartition(".")[2] for m in (await builder.methods.get()).value] == [
        "passwordAuthenticationMethod"
    ]


@proves("factors.remove_generator", "factors.remove_passkey", "factors.remove_mail", "factors.remove_hello")
async def test_it_removes_the_rarer_factors(graph: Any, sandbox: Sandbox) -> None:
    leader = next(
        user
        for user in sandbox.apps.tenant.users.values()
        if len(user["authenticationMethods"]) > 5 and not is_protected(sandbox.apps.tenant, user["id"])
    )
    held = {one["@odata.type"].rpartition(".")[2]: one["id"] for one in leader["authenticationMethods"]}
    b = graph.users.by_user_id(leader["id"]).authentication
    for name, builder, by_id in (
        ("softwareOath", b.software_oath_methods, "by_software_oath_authentication_method_id"),
        ("fido2", b.fido2_methods, "by_fido2_authentication_method_id"),
        ("email", b.email_methods, "by_email_authentication_method_id"),
        (
            "windowsHelloForBusiness",
            b.windows_hello_for_business_methods,
            "by_windows_hello_for_business_authentication_method_id",
        ),
    ):
        await getattr(builder, by_id)(held[f"{name}AuthenticationMethod"]).delete()
    assert len((await b.methods.get()).value) == len(held) - 4


@proves("groups.of_user", "groups.is_member")
async def test_it_reads_memberships(graph: Any, sandbox: Sandbox) -> None:
    group = next(g for g in sandbox.apps.tenant.groups.values() if len(g.members) > 3)
    member = next(m for m in group.members if m in sandbox.apps.tenant.users)
    builder = graph.users.by_user_id(member)
    cast = builder.transitive_member_of.graph_group
    names = ["id", "displayName", "groupTypes", "isAssignableToRole"]
    groups = await cast.get(asking(cast, {"select": names, "count": True}, eventual=True))
    body = CheckMemberGroupsPostRequestBody(group_ids=[group.properties["id"]])
    assert group.properties["id"] in {one.id for one in groups.value}
    assert (await builder.check_member_groups.post(body)).value == [group.properties["id"]]


@proves("roles.active", "roles.eligible")
async def test_it_reads_directory_roles(graph: Any, sandbox: Sandbox) -> None:
    directory = graph.role_management.directory
    for builder, eligible in (
        (directory.role_assignments, False),
        (directory.role_eligibility_schedule_instances, True),
    ):
        held = next(role for role in sandbox.apps.tenant.roles if role.eligible is eligible)
        options = {"filter": f"principalId eq '{held.principal_id}'", "expand": ["roleDefinition"]}
        found = await builder.get(asking(builder, options))
        assert held.role in {one.role_definition.display_name for one in found.value}
